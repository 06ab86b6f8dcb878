//! What a plain scalar means: the core schema of YAML 1.2, with the numbers of JSON.

use super::tree::Content;
use serde_json::Number;

/// What is wrong with a number that JSON would write in another way.
pub(super) const NOT_AS_JSON: &str =
    "write this number as JSON does, on one line, for example 0.5 or 1e6; or put it in quotes";

/// What a plain scalar means.
pub(super) struct Scalar {
    pub content: Content,
    /// It is a number, and its digits are not those of JSON.
    pub is_lossy: bool,
}

/// A number that JSON does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("JSON has no such number; put it in quotes")]
pub(super) struct NoSuchNumber;

impl From<Content> for Scalar {
    fn from(content: Content) -> Self {
        let is_lossy = false;
        Self { content, is_lossy }
    }
}

/// Reads a plain scalar. A number keeps the digits that it is written with.
pub(super) fn resolve(text: &str) -> Result<Scalar, NoSuchNumber> {
    let content = match text {
        "" | "~" | "null" | "Null" | "NULL" => Content::Null,
        "true" | "True" | "TRUE" => Content::Bool(true),
        "false" | "False" | "FALSE" => Content::Bool(false),
        _ => return number_or_text(text),
    };
    Ok(content.into())
}

fn number_or_text(text: &str) -> Result<Scalar, NoSuchNumber> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(NoSuchNumber);
    }
    if let Some(number) = decimal(text).or_else(|| with_radix(text)) {
        return Ok(Content::Number(number).into());
    }
    let is_decimal = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let has_leading_zeros = unsigned.bytes().all(|byte| byte.is_ascii_digit());
    let float = text.parse().ok().and_then(Number::from_f64);
    match float.filter(|_| is_decimal && !has_leading_zeros) {
        Some(number) => Ok(Scalar {
            content: Content::Number(number),
            is_lossy: true,
        }),
        None => Ok(Content::Text(text.to_owned()).into()),
    }
}

/// A number of JSON; it may have a plus before it, and lack the zero before its point.
fn decimal(text: &str) -> Option<Number> {
    match text.strip_prefix('+').unwrap_or(text) {
        unsigned if unsigned.starts_with('.') => format!("0{unsigned}").parse().ok(),
        signed if signed.len() < text.len() && signed.starts_with('-') => None,
        number => number.parse().ok(),
    }
}

/// `0x1f`, `0o17`, `0b11`.
fn with_radix(text: &str) -> Option<Number> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let radixes = [("0x", 16), ("0o", 8), ("0b", 2)];
    let (digits, radix) = radixes
        .into_iter()
        .find_map(|(prefix, radix)| Some((unsigned.strip_prefix(prefix)?, radix)))?;
    let is_digit = |c: char| c.is_digit(radix);
    let value = u128::from_str_radix(digits, radix).ok();
    let value = value.filter(|_| digits.chars().all(is_digit))?;
    format!("{sign}{value}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::{position::Findings, source};

    fn read(yaml: &str) -> Result<String, String> {
        let mut findings = Findings::default();
        let root = source::read(yaml, &mut findings);
        let root = findings
            .into_result(root)
            .map_err(|error| error.to_string())?;
        Ok(root.to_json().to_string())
    }

    #[test]
    fn numbers_have_the_digits_that_they_are_written_with() {
        for number in [
            "18446744073709551616",
            "-18446744073709551616",
            "123456789012345678901234567890123456789012345678901",
            "0.10",
            "0.12345678901234567890123456789",
            "1e-400",
            "1e+400",
            "-0",
            "7",
        ] {
            let block = format!("a: {number}   # {number}1\nb:\n  - {number}\n");
            let wanted = format!(r#"{{"a":{number},"b":[{number}]}}"#);
            assert_eq!(read(&block).unwrap(), wanted);
            let flow = format!("{{a: {number}, b: [{number}]}}");
            assert_eq!(read(&flow).unwrap(), wanted);
            let aliased = format!("a: &it {number}\nb: [*it]");
            assert_eq!(read(&aliased).unwrap(), wanted);
        }
    }

    #[test]
    fn texts_stay_texts_and_other_ways_to_write_a_number_are_read_or_refused() {
        assert_eq!(read("a: '1e400'").unwrap(), r#"{"a":"1e400"}"#);
        assert_eq!(read("a: \"0.10\"").unwrap(), r#"{"a":"0.10"}"#);
        assert_eq!(read("a: !!str 5.0").unwrap(), r#"{"a":"5.0"}"#);
        assert_eq!(read("a: !!int 5").unwrap(), r#"{"a":5}"#);
        for wrong in ["!!int five", "!!int 5.5", "!!bool 1", "!!null x"] {
            let refused = read(&format!("a: {wrong}")).unwrap_err();
            assert!(refused.contains("no value of the tag"), "{refused}");
        }
        assert_eq!(read("a: .5").unwrap(), r#"{"a":0.5}"#);
        assert_eq!(read("a: +1.50").unwrap(), r#"{"a":1.50}"#);
        assert_eq!(read("a: 0x10").unwrap(), r#"{"a":16}"#);
        assert!(read("a: 5.").unwrap_err().contains("as JSON does"));
    }
}
