//! Redacts secrets in JSON text, which stays as it was written everywhere else.

use super::redactor::Redactor;
use std::borrow::Cow;

/// The text without the secrets. Strings are read before they are searched, so that no way to
/// escape a character hides a secret; a number that holds one becomes a string.
pub(super) fn redacted(redactor: &Redactor, text: String) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(quote) = rest.find('"') {
        between_strings(redactor, &rest[..quote], &mut kept);
        let end = quote + string_bytes(&rest[quote..]);
        string(redactor, &rest[quote..end], &mut kept);
        rest = &rest[end..];
    }
    between_strings(redactor, rest, &mut kept);
    kept
}

/// The bytes of the string that the text begins with, both quotes included.
fn string_bytes(text: &str) -> usize {
    let mut is_escaped = false;
    let ends = |byte: u8| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    };
    let inside = &text.as_bytes()[1..];
    inside
        .iter()
        .copied()
        .position(ends)
        .map_or(text.len(), |at| at + 2)
}

fn string(redactor: &Redactor, quoted: &str, kept: &mut String) {
    let Ok(read) = serde_json::from_str::<Cow<'_, str>>(quoted) else {
        kept.push_str(&redactor.text(quoted));
        return;
    };
    match redactor.text(&read) {
        Cow::Borrowed(_) => kept.push_str(quoted),
        Cow::Owned(redacted) => kept.push_str(&serde_json::Value::from(redacted).to_string()),
    }
}

fn between_strings(redactor: &Redactor, text: &str, kept: &mut String) {
    let is_end = |c: char| matches!(c, ',' | ':' | '[' | ']' | '{' | '}') || c.is_whitespace();
    for token in text.split_inclusive(is_end) {
        let scalar = token.trim_end_matches(is_end);
        match redactor.text(scalar) {
            Cow::Borrowed(_) => kept.push_str(token),
            Cow::Owned(redacted) => {
                kept.push_str(&serde_json::Value::from(redacted).to_string());
                kept.push_str(&token[scalar.len()..]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_domain::secret::SecretValue;

    fn without(secret: &str, text: &str) -> String {
        let mut redactor = Redactor::default();
        let value = SecretValue::parse(secret.as_bytes().to_vec()).unwrap();
        redactor.add(&"s".parse().unwrap(), &value);
        redacted(&redactor, text.to_owned())
    }

    #[test]
    fn what_holds_no_secret_stays_to_the_last_byte() {
        let text = r#" {"a" : 1.50e3, "b":["\u0041\"", 12345678901234567890123], "a":null}"#;
        assert_eq!(without("hunter2", text), text);
    }

    #[test]
    fn a_secret_is_found_however_its_characters_are_escaped() {
        assert_eq!(
            without("hunter2", r#"["\u0068unter2"]"#),
            r#"["[secret s]"]"#
        );
        assert_eq!(
            without("a<b&\"c", r#"{"k":"a\u003cb\u0026\"c!"}"#),
            r#"{"k":"[secret s]!"}"#
        );
        assert_eq!(
            without("hunter2", r#"{"hunter2":1}"#),
            r#"{"[secret s]":1}"#
        );
        let nested = r#""{\"k\":\"a\\\"bcdef\"}""#;
        assert_eq!(without("a\"bcdef", nested), r#""{\"k\":\"[secret s]\"}""#);
    }

    #[test]
    fn a_number_that_is_a_secret_becomes_a_text() {
        assert_eq!(without("123456", "[1234567 ,1]"), r#"["[secret s]7" ,1]"#);
    }

    #[test]
    fn structure_is_not_taken_for_a_secret() {
        let text = r#"{"a":"b","c":"d"}"#;
        assert_eq!(without(r#"","c":"#, text), text);
    }

    #[test]
    fn what_is_not_json_is_searched_all_the_same() {
        assert_eq!(without("hunter2", "{\"a hunter2"), "{\"a [secret s]");
        assert_eq!(without("hunter2", "hunter2"), "\"[secret s]\"");
    }
}
