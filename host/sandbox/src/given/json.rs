//! Strikes secrets out of JSON text, which stays as it was written everywhere else.

use super::strike::Strikes;
use std::borrow::Cow;

/// The text without the secrets. Strings are read before they are searched, so that no way to
/// escape a character hides a secret; a number that holds one becomes a string.
pub(super) fn struck_out(strikes: &Strikes, text: String) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(quote) = rest.find('"') {
        between_strings(strikes, &rest[..quote], &mut kept);
        let end = quote + string_bytes(&rest[quote..]);
        string(strikes, &rest[quote..end], &mut kept);
        rest = &rest[end..];
    }
    between_strings(strikes, rest, &mut kept);
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

fn string(strikes: &Strikes, quoted: &str, kept: &mut String) {
    let Ok(read) = serde_json::from_str::<Cow<'_, str>>(quoted) else {
        kept.push_str(&strikes.text(quoted));
        return;
    };
    match strikes.text(&read) {
        Cow::Borrowed(_) => kept.push_str(quoted),
        Cow::Owned(struck) => kept.push_str(&serde_json::Value::from(struck).to_string()),
    }
}

fn between_strings(strikes: &Strikes, text: &str, kept: &mut String) {
    let is_end = |c: char| matches!(c, ',' | ':' | '[' | ']' | '{' | '}') || c.is_whitespace();
    for token in text.split_inclusive(is_end) {
        let scalar = token.trim_end_matches(is_end);
        match strikes.text(scalar) {
            Cow::Borrowed(_) => kept.push_str(token),
            Cow::Owned(struck) => {
                kept.push_str(&serde_json::Value::from(struck).to_string());
                kept.push_str(&token[scalar.len()..]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_domain::secret::SecretValue;

    fn struck(secret: &str, text: &str) -> String {
        let mut strikes = Strikes::default();
        let value = SecretValue::parse(secret.as_bytes().to_vec()).unwrap();
        strikes.add(&"s".parse().unwrap(), &value);
        struck_out(&strikes, text.to_owned())
    }

    #[test]
    fn what_holds_no_secret_stays_to_the_last_byte() {
        let text = r#" {"a" : 1.50e3, "b":["\u0041\"", 12345678901234567890123], "a":null}"#;
        assert_eq!(struck("hunter2", text), text);
    }

    #[test]
    fn a_secret_is_found_however_its_characters_are_escaped() {
        assert_eq!(
            struck("hunter2", r#"["\u0068unter2"]"#),
            r#"["[secret s]"]"#
        );
        assert_eq!(
            struck("a<b&\"c", r#"{"k":"a\u003cb\u0026\"c!"}"#),
            r#"{"k":"[secret s]!"}"#
        );
        assert_eq!(struck("hunter2", r#"{"hunter2":1}"#), r#"{"[secret s]":1}"#);
        let nested = r#""{\"k\":\"a\\\"bcdef\"}""#;
        assert_eq!(struck("a\"bcdef", nested), r#""{\"k\":\"[secret s]\"}""#);
    }

    #[test]
    fn a_number_that_is_a_secret_becomes_a_text() {
        assert_eq!(struck("123456", "[1234567 ,1]"), r#"["[secret s]7" ,1]"#);
    }

    #[test]
    fn structure_is_not_taken_for_a_secret() {
        let text = r#"{"a":"b","c":"d"}"#;
        assert_eq!(struck(r#"","c":"#, text), text);
    }

    #[test]
    fn what_is_not_json_is_searched_all_the_same() {
        assert_eq!(struck("hunter2", "{\"a hunter2"), "{\"a [secret s]");
        assert_eq!(struck("hunter2", "hunter2"), "\"[secret s]\"");
    }
}
