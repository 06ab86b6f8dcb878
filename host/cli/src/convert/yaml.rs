//! YAML as people write it: blocks, and texts without quotes where they need none.

use std::cmp::Ordering;
use tasker_domain::template::yaml::{Content, Entry, Located};

/// A value that is written.
pub enum Yaml {
    /// As it stands: a number, `true`, or a text in its quotes.
    Scalar(String),
    List(Vec<Yaml>),
    Map(Vec<Member>),
}

/// A key with its value, and what is said above it.
pub struct Member {
    comment: Option<String>,
    key: String,
    value: Yaml,
}

impl Yaml {
    pub fn text(text: &str) -> Self {
        Self::Scalar(scalar(text))
    }

    pub fn number(number: impl ToString) -> Self {
        Self::Scalar(number.to_string())
    }

    pub fn texts(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self::List(
            texts
                .into_iter()
                .map(|it| Self::text(it.as_ref()))
                .collect(),
        )
    }

    /// The members that have a value.
    pub fn map<'a>(members: impl IntoIterator<Item = (&'a str, Option<Self>)>) -> Self {
        let member = |(key, value): (&str, Option<Self>)| Some(Member::new(key, value?));
        Self::Map(members.into_iter().filter_map(member).collect())
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Scalar(_) => false,
            Self::List(items) => items.is_empty(),
            Self::Map(members) => members.is_empty(),
        }
    }

    /// The whole document.
    pub fn document(&self) -> String {
        let lines = self.lines();
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// Its lines, without indentation.
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Scalar(scalar) => vec![scalar.clone()],
            Self::List(items) if items.is_empty() => vec!["[]".to_owned()],
            Self::Map(members) if members.is_empty() => vec!["{}".to_owned()],
            Self::List(items) => items.iter().flat_map(Self::item).collect(),
            Self::Map(members) => members.iter().flat_map(Member::lines).collect(),
        }
    }

    /// As an item of a list: what is said above it stays above the dash.
    fn item(&self) -> Vec<String> {
        let lines = self.lines();
        let said = lines
            .iter()
            .take_while(|line| line.starts_with('#'))
            .count();
        let lines = lines.into_iter().enumerate();
        lines
            .map(|(no, line)| match no.cmp(&said) {
                Ordering::Less => line,
                Ordering::Equal => format!("- {line}"),
                Ordering::Greater => format!("  {line}"),
            })
            .collect()
    }

    fn scalar(&self) -> Option<&str> {
        match self {
            Self::Scalar(scalar) => Some(scalar),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// A list of scalars, or what is empty, in one line.
    fn in_a_line(&self) -> Option<String> {
        match self {
            Self::List(items) => {
                let items: Option<Vec<&str>> = items.iter().map(Self::scalar).collect();
                Some(format!("[{}]", items?.join(", ")))
            }
            Self::Map(members) => members.is_empty().then(|| "{}".to_owned()),
            Self::Scalar(scalar) => Some(scalar.clone()),
        }
    }
}

impl Member {
    pub fn new(key: &str, value: Yaml) -> Self {
        Self {
            comment: None,
            key: key.to_owned(),
            value,
        }
    }

    /// With something said above it, in one line.
    pub fn said(self, comment: Option<&str>) -> Self {
        let comment = comment.map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
        Self { comment, ..self }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.comment.iter().map(|it| format!("# {it}")).collect();
        let key = scalar(&self.key);
        match self.value.in_a_line() {
            Some(value) => lines.push(format!("{key}: {value}")),
            None => {
                lines.push(format!("{key}:"));
                let value = self.value.lines().into_iter();
                lines.extend(value.map(|line| format!("  {line}")));
            }
        }
        lines
    }
}

impl From<&Located> for Yaml {
    fn from(value: &Located) -> Self {
        match &value.content {
            Content::Null => Self::Scalar("null".to_owned()),
            Content::Bool(value) => Self::Scalar(value.to_string()),
            Content::Number(value) => Self::Scalar(value.to_string()),
            Content::Text(value) => Self::text(value),
            Content::List(items) => Self::List(items.iter().map(Self::from).collect()),
            Content::Map(entries) => {
                let member = |entry: &Entry| Member::new(&entry.key, Self::from(&entry.value));
                Self::Map(entries.iter().map(member).collect())
            }
        }
    }
}

/// A text; in quotes, as JSON has it, where it would be read as something else.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./ ()<>=^".contains(c);
    let begins_plainly = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_other = is_word.contains(&text.to_lowercase().as_str());
    match begins_plainly && !is_other && text.chars().all(is_plain) && text.trim_end() == text {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_domain::template::yaml::read;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let source = r#"{"a": [1, "1", true, "true", null, "null", {"b c": "x: y", "d": []}, [[1], {}]],
            "long": "two\nlines # and more", "-": " padded ", "e": {"f": {"g": "^1.2"}}, "n": 1.50}"#;
        let mut findings = Default::default();
        let tree = read(source, &mut findings).unwrap();
        let written = Yaml::from(&tree).document();
        let again = read(&written, &mut findings).unwrap();
        assert_eq!(again.to_json(), tree.to_json(), "{written}");
        assert_eq!(findings.count(), 0);
    }

    #[test]
    fn comments_stand_above_and_lists_of_texts_in_a_line() {
        let step = Yaml::Map(vec![
            Member::new("name", Yaml::text("one")).said(Some("The first\n  of all.")),
            Member::new("depends_on", Yaml::texts(["a", "b"])),
        ]);
        let steps = Yaml::map([("steps", Some(Yaml::List(vec![step])))]);
        let expected = "steps:\n  # The first of all.\n  - name: one\n    depends_on: [a, b]\n";
        assert_eq!(steps.document(), expected);
    }
}
