//! JSON text laid out for people, with the members in the order in which they came.

use serde_json::value::RawValue;

/// The same JSON with a line a member and two spaces a level; empty objects and arrays stay short.
pub fn pretty(json: &RawValue) -> String {
    let compact = compact(json.get());
    let mut laid_out = String::with_capacity(compact.len() * 2);
    let mut depth = 0;
    let mut text = Inside::default();
    let mut chars = compact.chars().peekable();
    while let Some(c) = chars.next() {
        if text.contains(c) {
            laid_out.push(c);
            continue;
        }
        match c {
            '{' | '[' if matches!(chars.peek(), Some('}' | ']')) => laid_out.push(c),
            '{' | '[' => {
                depth += 1;
                laid_out.push(c);
                new_line(&mut laid_out, depth);
            }
            '}' | ']' if laid_out.ends_with(['{', '[']) => laid_out.push(c),
            '}' | ']' => {
                depth -= 1;
                new_line(&mut laid_out, depth);
                laid_out.push(c);
            }
            ',' => {
                laid_out.push(c);
                new_line(&mut laid_out, depth);
            }
            ':' => laid_out.push_str(": "),
            other => laid_out.push(other),
        }
    }
    laid_out
}

/// The same JSON on one line, without space between its parts.
pub fn compact(json: &str) -> String {
    let mut text = Inside::default();
    json.chars()
        .filter(|c| text.contains(*c) || !c.is_ascii_whitespace())
        .collect()
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

/// Whether a scan over JSON text stands inside a string.
#[derive(Default)]
struct Inside {
    is_string: bool,
    is_escaped: bool,
}

impl Inside {
    /// Takes the next character; true where it belongs to a string, quotes included.
    fn contains(&mut self, c: char) -> bool {
        let was_string = self.is_string;
        match c {
            '"' if !self.is_escaped => self.is_string = !self.is_string,
            _ => {}
        }
        self.is_escaped = was_string && c == '\\' && !self.is_escaped;
        was_string || self.is_string
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(text: &str) -> String {
        pretty(&RawValue::from_string(text.to_owned()).unwrap())
    }

    #[test]
    fn members_keep_their_order_and_get_a_line_each() {
        let expected = "{\n  \"z\": 1,\n  \"a\": [\n    true,\n    {}\n  ],\n  \"e\": []\n}";
        assert_eq!(laid_out(r#"{"z" :1, "a":[true,{ }],"e":[]}"#), expected);
    }

    #[test]
    fn the_inside_of_a_string_is_left_alone() {
        assert_eq!(
            laid_out(r#""a, \"{b}\": [c] \\""#),
            r#""a, \"{b}\": [c] \\""#
        );
        assert_eq!(compact(r#"{ "a b" : "c \" d" }"#), r#"{"a b":"c \" d"}"#);
    }
}
