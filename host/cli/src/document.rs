//! A report of several parts, as text for a terminal and as markdown.

use super::table::{fields, table};
use super::{Tone, plain, units};
use std::fmt::Write as _;
use tasker_domain::sanitize::sanitize_line;

/// Characters that markdown would read as more than themselves.
const MARKS: &[char] = &['\\', '|', '*', '_', '`', '[', ']', '<', '>', '#', '~'];

/// Parts in order; those without content are left out.
#[derive(Default)]
pub struct Document {
    text: Vec<String>,
    markdown: Vec<String>,
}

impl Document {
    /// The title, a line of text.
    pub fn title(&mut self, title: &str) {
        self.text.push(title.to_owned());
        self.markdown.push(format!("# {}", escaped(&plain(title))));
    }

    /// Lines of `label  value`; those without a value are left out.
    pub fn facts<const N: usize>(&mut self, facts: [(&str, String); N]) {
        let given = facts.iter().filter(|(_, value)| !value.is_empty());
        let lines = given.map(|(label, value)| format!("- {label}: {}", escaped(&plain(value))));
        self.markdown.push(units::joined(lines, "\n"));
        self.text.push(fields(facts));
    }

    /// A table under a heading, with a note below it.
    pub fn section<const N: usize>(
        &mut self,
        heading: &str,
        columns: [&str; N],
        rows: Vec<[String; N]>,
        note: &str,
    ) {
        if rows.is_empty() {
            return;
        }
        self.markdown.push(format!("## {heading}"));
        self.markdown.push(markdown_table(columns, &rows));
        self.markdown.push(escaped(note));
        let rows = rows.into_iter().map(|row| row.map(|it| sanitize_line(&it)));
        let lines = [
            Tone::Strong.of(heading.to_uppercase()),
            table(columns, rows.collect(), ""),
            Tone::Quiet.of(note),
        ];
        let lines = lines.iter().filter(|line| !line.is_empty());
        self.text.push(units::joined(lines, "\n"));
    }

    pub fn text(self) -> String {
        units::paragraphs(self.text)
    }

    pub fn markdown(self) -> String {
        units::paragraphs(self.markdown)
    }
}

fn markdown_table<const N: usize>(columns: [&str; N], rows: &[[String; N]]) -> String {
    let mut table = format!("| {} |\n|{}", columns.join(" | "), "---|".repeat(N));
    for row in rows {
        let cells = row.each_ref().map(|cell| escaped(&plain(cell)));
        let _ = write!(table, "\n| {} |", cells.join(" | "));
    }
    table
}

/// The text on one line, as markdown that shows it as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in sanitize_line(text).chars() {
        if MARKS.contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Document {
        let mut document = Document::default();
        document.title("demo/two@1.0.0 failed");
        document.facts([("state", "error".into()), ("reason", String::new())]);
        let rows = vec![["a|b".to_owned(), "one\ntwo".to_owned()]];
        document.section("Attempts", ["step", "message"], rows, "and 3 more");
        document.section("Events", ["event"], Vec::new(), "");
        document
    }

    #[test]
    fn markdown_shows_texts_as_they_are() {
        let markdown = sample().markdown();
        let lines: Vec<&str> = markdown.lines().filter(|line| !line.is_empty()).collect();
        let message = lines[5].strip_prefix("| a\\|b | one").unwrap();
        assert!(message.ends_with("two |"), "{markdown}");
        assert_eq!(
            lines[..5],
            [
                "# demo/two@1.0.0 failed",
                "- state: error",
                "## Attempts",
                "| step | message |",
                "|---|---|",
            ]
        );
        assert_eq!(lines[6..], ["and 3 more"]);
    }

    #[test]
    fn text_has_headings_and_leaves_out_what_is_empty() {
        let text = plain(&sample().text());
        assert!(text.contains("ATTEMPTS\nSTEP"), "{text}");
        assert!(
            !text.contains("EVENTS") && !text.contains("reason"),
            "{text}"
        );
    }
}
