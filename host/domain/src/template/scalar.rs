//! Numbers as the source has them, where the parser returns less.

use super::position::Position;
use super::tree::Content;
use serde_json::Number;

/// The error for a number whose digits are not known.
pub(super) const NOT_AS_JSON: &str =
    "write this number as JSON does, on one line, for example 0.5 or 1e6; or put it in quotes";

/// A number with the digits of the source. The parser returns a float, which may be a different number,
/// or the text of a number that no float can represent. An error if the digits cannot be determined.
pub(super) fn as_written(
    content: Content,
    lines: &[&str],
    at: Position,
) -> Result<Content, Content> {
    let is_lossy = match &content {
        Content::Number(number) => !number.is_i64() && !number.is_u64(),
        Content::Text(text) if text.parse::<Number>().is_ok() => false,
        _ => return Ok(content),
    };
    match number_at(lines, at) {
        Some(number) => Ok(Content::Number(number)),
        None if is_lossy => Err(content),
        None => Ok(content),
    }
}

/// The number at this position, with the digits of the source.
fn number_at(lines: &[&str], at: Position) -> Option<Number> {
    let line = lines.get(at.line.checked_sub(1)?)?;
    let (start, _) = line.char_indices().nth(at.column.checked_sub(1)?)?;
    let mut rest = &line[start..];
    if rest.starts_with('&') {
        let (_, behind_anchor) = rest.split_once(' ')?;
        rest = behind_anchor.trim_start();
    }
    let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}');
    let scalar = rest.split(is_end).next()?;
    let scalar = scalar.strip_prefix('+').unwrap_or(scalar);
    match scalar.strip_prefix('.') {
        Some(_) => format!("0{scalar}").parse().ok(),
        None => scalar.parse().ok(),
    }
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
        assert_eq!(read("a: .5").unwrap(), r#"{"a":0.5}"#);
        assert_eq!(read("a: +1.50").unwrap(), r#"{"a":1.50}"#);
        assert_eq!(read("a: 0x10").unwrap(), r#"{"a":16}"#);
        assert!(read("a: 5.").unwrap_err().contains("as JSON does"));
    }
}
