//! JSON text laid out for people, with the members in the order in which they came.

use serde_json::value::RawValue;
use tasker_domain::sanitize::{is_control, sign};

/// The same JSON with a line a member and two spaces a level; empty objects and arrays stay short.
pub fn pretty(json: &RawValue) -> String {
    let compact = compact(json.get());
    let mut laid_out = String::with_capacity(compact.len() * 2);
    let (mut depth, mut text) = (0, Inside::default());
    for c in compact.chars() {
        match c {
            _ if text.contains(c) => laid_out.push(c),
            '{' | '[' => {
                depth += 1;
                laid_out.push(c);
                new_line(&mut laid_out, depth);
            }
            '}' | ']' => {
                depth -= 1;
                laid_out.truncate(laid_out.trim_end().len());
                if !laid_out.ends_with(['{', '[']) {
                    new_line(&mut laid_out, depth);
                }
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

/// JSON text with the same meaning, in which characters that a terminal would obey are escaped.
pub fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match is_control(c) && !c.is_ascii_whitespace() {
            true => text += &format!("\\u{:04x}", u32::from(c)),
            false => text.push(c),
        }
    }
    text
}

/// JSON text in which the strings mean what [`visible`](tasker_domain::sanitize::sanitize_for_terminal) makes of them.
pub fn sanitized(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(c) = rest.chars().next() {
        let (shown, used) = match c {
            '\\' => escape(rest),
            _ if c.is_ascii_whitespace() => (None, 1),
            _ => (Some(sign(c)).filter(|shown| *shown != c), c.len_utf8()),
        };
        match shown {
            Some(shown) => text.push(shown),
            None => text += &rest[..used],
        }
        rest = &rest[used..];
    }
    text
}

/// What is to be shown for the escape at the start of the text, if not itself, and its length in bytes.
fn escape(text: &str) -> (Option<char>, usize) {
    let (c, used) = match text.as_bytes().get(1) {
        Some(b'b') => (Some('\x08'), 2),
        Some(b'f') => (Some('\x0c'), 2),
        Some(b'r') => (Some('\r'), 2),
        Some(b'u') => {
            let code = text.get(2..6);
            let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
            (code.and_then(char::from_u32), text.len().min(6))
        }
        Some(_) | None => (None, text.len().min(2)),
    };
    let shown = c
        .filter(|c| *c != '\n' && *c != '\t' && is_control(*c))
        .map(sign);
    (shown, used)
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
    fn what_a_terminal_obeys_is_shown_in_strings_and_keys_and_nothing_else_changes() {
        let json = r#"{"a\u001B[2J": ["x\u009b\b\f\r\\u001b\"", "\n\t\u000a\ud83d\ude00 è"],
            "b": 1.0}"#;
        let shown = r#"{"a␛[2J": ["x�␈␌␍\\u001b\"", "\n\t\u000a\ud83d\ude00 è"],
            "b": 1.0}"#;
        assert_eq!(sanitized(json), shown);
        assert_eq!(sanitized("\"\u{202e}\x7f\u{9b}\""), "\"\u{fffd}␡\u{fffd}\"");
        serde_json::from_str::<serde_json::Value>(&sanitized(json)).unwrap();
    }

    #[test]
    fn escaped_json_means_the_same() {
        let json = "{\n\"a\": \"\u{9b}2J\x7f\u{202e}è\"\n}";
        let escaped = escaped(json);
        assert_eq!(escaped, "{\n\"a\": \"\\u009b2J\\u007f\\u202eè\"\n}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(json), value(&escaped));
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
