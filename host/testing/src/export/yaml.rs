//! Writes a file of cases.

use serde_json::Value;

/// Values up to this length stand on the line of their key, in characters.
const LINE_CHARS: usize = 100;
/// What a case is indented by, and what is below a key of it.
const INDENT: &str = "    ";

/// A file with one case of this handler: JSON is YAML too.
pub(super) fn file(handler: &str, about: &str, case: &[(&str, Value)]) -> String {
    let handler = Value::from(handler);
    let mut text = format!(
        "# yaml-language-server: $schema=http://127.0.0.1:7710/docs/reference/cases.schema.json\n# {about}\nhandler: {handler}\n\ncases:\n"
    );
    for (place, (key, value)) in case.iter().enumerate() {
        let before = if place == 0 { "  - " } else { INDENT };
        text += &format!("{before}{key}:{}\n", below(value, INDENT));
    }
    text
}

/// A value behind its key: members of their own lines where it is long.
fn below(value: &Value, indent: &str) -> String {
    let short = value.to_string();
    if short.chars().count() <= LINE_CHARS {
        return format!(" {short}");
    }
    let indent = format!("{indent}  ");
    match value {
        Value::Object(members) if !members.is_empty() => members
            .iter()
            .map(|(key, value)| {
                let key = Value::from(key.as_str());
                format!("\n{indent}{key}:{}", below(value, &indent))
            })
            .collect(),
        Value::Array(items) if !items.is_empty() => items
            .iter()
            .map(|item| format!("\n{indent}- {}", listed(item, &indent)))
            .collect(),
        _ => format!(" {short}"),
    }
}

/// An item of a list.
fn listed(item: &Value, indent: &str) -> String {
    let Value::Object(members) = item else {
        return item.to_string();
    };
    if item.to_string().chars().count() <= LINE_CHARS || members.is_empty() {
        return item.to_string();
    }
    let inner = format!("{indent}  ");
    let lines = members.iter().map(|(key, value)| {
        let key = Value::from(key.as_str());
        format!("{key}:{}", below(value, &inner))
    });
    lines.collect::<Vec<_>>().join(&format!("\n{inner}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case_file::parse;
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn what_is_written_is_read_again() {
        let long = "x".repeat(200);
        let input = json!({
            "list": [{"a": long, "b": [1, {"c": long}]}, long, []],
            "key: with \"marks\"": {"n": 1.50, "t": "ü \u{1}\n- # !"},
            "empty": {},
        });
        let case = [
            ("name", json!("a: \"case\"")),
            ("input", input.clone()),
            ("expect", json!({"result": long})),
        ];
        let text = file("charge", "About it.", &case);
        let cases = parse(Path::new("tests/x.yaml"), &text).unwrap();
        assert_eq!(cases[0].name, "a: \"case\"");
        let crate::case::Callee::Handler { name, input: read } = &cases[0].call.callee else {
            panic!("it calls a handler");
        };
        assert_eq!((name.as_str(), read), ("charge", &input));
    }
}
