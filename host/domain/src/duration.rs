//! Lengths of time as people write them: `250ms`, `10s`, `5m`, `1h30m`.

use serde::{Deserialize, Deserializer, Serializer};
use std::time::Duration;

/// The longest length of time that a template may ask for: 24 hours.
pub const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// Units, largest first, in milliseconds.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    #[error("a duration cannot be empty; write for example `30s`")]
    Empty,
    #[error("`{0}` has no unit; write for example `{0}s`, `{0}ms`, `{0}m` or `{0}h`")]
    NoUnit(String),
    #[error(
        "`{0}` is not a duration; write whole numbers with h, m, s or ms, such as `10s`, `250ms` or `1h30m`"
    )]
    Form(String),
    #[error(
        "`{0}` names its units out of order or twice; write the largest first, such as `1h30m`"
    )]
    Order(String),
    #[error("`{0}` is longer than 24h, the limit")]
    TooLong(String),
}

/// Reads a length of time of at most [`MAX_DURATION`], in whole milliseconds.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let shown = || super::shown::cut(text);
    if text.is_empty() {
        return Err(DurationError::Empty);
    }
    let mut rest = text;
    let mut next_unit = 0;
    let mut millis: u64 = 0;
    while !rest.is_empty() {
        let (number, after) = split_where(rest, |c| !c.is_ascii_digit());
        let (unit, after) = split_where(after, |c| !c.is_ascii_alphabetic());
        if unit.is_empty() && after.is_empty() {
            return Err(DurationError::NoUnit(shown()));
        }
        let index = UNITS.iter().position(|(name, _)| *name == unit);
        let index = index
            .filter(|_| !number.is_empty())
            .ok_or_else(|| DurationError::Form(shown()))?;
        if index < next_unit {
            return Err(DurationError::Order(shown()));
        }
        let part = number
            .parse()
            .ok()
            .and_then(|number: u64| number.checked_mul(UNITS[index].1));
        let sum = part.and_then(|part| millis.checked_add(part));
        millis = sum.ok_or_else(|| DurationError::TooLong(shown()))?;
        (rest, next_unit) = (after, index + 1);
    }
    let length = Duration::from_millis(millis);
    if length > MAX_DURATION {
        Err(DurationError::TooLong(shown()))
    } else {
        Ok(length)
    }
}

fn split_where(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// Writes a length of time as [`parse`] reads it; what is below a millisecond is left out.
pub fn show(length: Duration) -> String {
    let mut rest = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, millis) in UNITS {
        if rest >= millis {
            text.push_str(&format!("{}{unit}", rest / millis));
            rest %= millis;
        }
    }
    text
}

/// Serde for an optional length of time, as text.
pub(super) mod optional {
    use super::{Deserialize, Deserializer, Duration, Serializer, parse, show};

    pub fn serialize<S: Serializer>(length: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        match length {
            Some(length) => to.serialize_str(&show(*length)),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        let length = text.map(|text| parse(&text)).transpose();
        length.map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_of_time_are_read() {
        for (text, millis) in [
            ("250ms", 250),
            ("10s", 10_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("1m1ms", 60_001),
            ("90m", 5_400_000),
            ("0s", 0),
            ("24h", 86_400_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn wrong_lengths_of_time_say_what_right_looks_like() {
        let message = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(
            message("30"),
            "`30` has no unit; write for example `30s`, `30ms`, `30m` or `30h`"
        );
        for text in ["s", "ten", "1.5s", "-1s", " 1s", "1 s", "1d", "1sec", "1S"] {
            assert!(
                message(text).contains("such as `10s`"),
                "{text}: {}",
                message(text)
            );
        }
        assert!(message("1m1h").contains("largest first"));
        assert!(message("1s1s").contains("twice"));
        assert!(message("25h").contains("longer than 24h"));
        assert!(message("99999999999999999999h").contains("longer than 24h"));
        assert!(message("").contains("cannot be empty"));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(millis in 0u64..=86_400_000) {
            let length = Duration::from_millis(millis);
            prop_assert_eq!(parse(&show(length)), Ok(length));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = parse(&text);
        }
    }
}
