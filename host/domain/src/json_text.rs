//! JSON that is kept and passed on as text.
//!
//! Numbers keep the digits that they were written with, from a request to a handler and back. Where
//! a value is read, `serde_json`'s numbers are texts too; the one thing that reading changes is how an
//! exponent is written: `1E5` and `1e5` become `1e+5`.

mod members;

use serde::de::IgnoredAny;
use serde_json::Value;

/// The deepest nesting. What is deeper cannot be read again: not by this host, whose parser stops at
/// 128, and far beyond that not by PostgreSQL, which would refuse all that is written with it.
pub const MAX_JSON_DEPTH: usize = 100;

/// Why a text is not JSON that can be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonTextError {
    #[error("{0}")]
    Malformed(String),
    #[error("it is nested {0} deep; {MAX_JSON_DEPTH} is the most")]
    TooDeep(usize),
    #[error("it has a NUL or half a surrogate pair in it, which SQL cannot read as text")]
    NoText,
    #[error("`{0}` stands in it twice; keep one of them")]
    DuplicateMember(String),
    #[error("`{0}` is a name that the host keeps for itself; use another")]
    ReservedMember(String),
}

/// Ok where the text is JSON that can be kept.
pub fn check(text: &str) -> Result<(), JsonTextError> {
    let malformed = |error: serde_json::Error| JsonTextError::Malformed(error.to_string());
    serde_json::from_str::<IgnoredAny>(text).map_err(malformed)?;
    match depth(text) {
        0..=MAX_JSON_DEPTH => members::check(text),
        depth => Err(JsonTextError::TooDeep(depth)),
    }
}

/// The value of JSON that can be kept, numbers with the digits that they are written with.
pub fn parse(text: &str) -> Result<Value, JsonTextError> {
    check(text)?;
    serde_json::from_str(text).map_err(|error| JsonTextError::Malformed(error.to_string()))
}

/// The same where SQL can read each text in it as well.
pub fn check_readable(text: &str) -> Result<(), JsonTextError> {
    check(text)?;
    match is_readable(text) {
        true => Ok(()),
        false => Err(JsonTextError::NoText),
    }
}

/// True where no escape in well-formed JSON stands for a NUL or for half a surrogate pair: PostgreSQL
/// refuses to read any member as text that stands beside such a one.
pub fn is_readable(json: &str) -> bool {
    let mut rest = json;
    while let Some((_, escape)) = rest.split_once('\\') {
        let (unit, after) = code_unit(escape);
        rest = match unit {
            Some(0 | 0xDC00..=0xDFFF) => return false,
            Some(0xD800..=0xDBFF) => match after.strip_prefix('\\').map(code_unit) {
                Some((Some(0xDC00..=0xDFFF), after)) => after,
                Some(_) | None => return false,
            },
            Some(_) | None => after,
        };
    }
    true
}

/// The UTF-16 code unit of an escape `u0041`, none for one such as `n`; and what comes after it.
fn code_unit(escape: &str) -> (Option<u16>, &str) {
    let hex = escape
        .strip_prefix('u')
        .and_then(|rest| rest.split_at_checked(4));
    match hex {
        Some((hex, after)) => (u16::from_str_radix(hex, 16).ok(), after),
        None => (None, escape.get(1..).unwrap_or_default()),
    }
}

/// How deep brackets and braces of well-formed JSON are nested.
fn depth(json: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => open += 1,
            b']' | b'}' if !is_text => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> String {
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn nesting_is_bounded_where_it_could_not_be_read_again() {
        assert_eq!(check(&nested(MAX_JSON_DEPTH)), Ok(()));
        assert_eq!(check(&nested(101)), Err(JsonTextError::TooDeep(101)));
        let (open, close) = ("{\"a\":[".repeat(50_000), "]}".repeat(50_000));
        assert!(matches!(
            check(&format!("{open}{close}")),
            Err(JsonTextError::TooDeep(100_000))
        ));
    }

    #[test]
    fn brackets_in_texts_are_no_nesting() {
        let text = format!("[\"{}\\\"{}\"]", "[".repeat(500), "{".repeat(500));
        assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn text_that_sql_cannot_read_is_found_behind_every_escape() {
        for readable in [
            r#""\u0041\n\\""#,
            r#""\\u0000""#,
            r#"{"\ud83d\ude00": "ü\u20ac"}"#,
            r#""\"\u0001""#,
        ] {
            assert_eq!(check_readable(readable), Ok(()), "{readable}");
        }
        for unreadable in [
            r#""\u0000""#,
            r#""\\\u0000""#,
            r#"{"\u0000": 1}"#,
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\ud83d\n""#,
            r#""\ud83d\ud83d""#,
            r#""\ude00\ud83d""#,
        ] {
            let refused = check_readable(unreadable);
            assert_eq!(refused, Err(JsonTextError::NoText), "{unreadable}");
        }
        assert!(check_readable("\u{0}").is_err());
    }

    #[test]
    fn numbers_keep_their_digits() {
        for number in [
            "18446744073709551616",
            "-0",
            "0.10",
            "1.50",
            "1e-400",
            "1e+400",
            "0.12345678901234567890123456789",
        ] {
            assert_eq!(parse(number).unwrap().to_string(), number);
        }
        assert_eq!(parse("[1E5,1e5]").unwrap().to_string(), "[1e+5,1e+5]");
    }

    #[test]
    fn what_is_not_json_is_refused_with_the_place() {
        assert!(check("done").unwrap_err().to_string().contains("line 1"));
        assert!(check("[1, 2").is_err() && check("1 2").is_err() && check("").is_err());
    }
}
