//! JSON that is kept and passed on as text.

use serde::de::IgnoredAny;

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
}

/// Ok where the text is JSON that can be kept.
pub fn check(text: &str) -> Result<(), JsonTextError> {
    let malformed = |error: serde_json::Error| JsonTextError::Malformed(error.to_string());
    serde_json::from_str::<IgnoredAny>(text).map_err(malformed)?;
    match depth(text) {
        0..=MAX_JSON_DEPTH => Ok(()),
        depth => Err(JsonTextError::TooDeep(depth)),
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
    fn what_is_not_json_is_refused_with_the_place() {
        assert!(check("done").unwrap_err().to_string().contains("line 1"));
        assert!(check("[1, 2").is_err() && check("1 2").is_err() && check("").is_err());
    }
}
