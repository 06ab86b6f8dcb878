//! Times, sizes and long texts as people read and write them.

use chrono::{DateTime, TimeDelta, Utc};
use std::fmt::{self, Display};
use std::str::FromStr;
use std::time::Duration;

/// The longest text in a table's cell, in characters.
pub const MAX_CELL_CHARS: usize = 60;

/// The longest text at the end of a row: what it says to do is to be read whole.
pub const MAX_LAST_CELL_CHARS: usize = 120;

/// A span of time, short: `312 µs`, `4.7 ms`, `12 ms`, `1.24 s`, `2m 03s`, `3h 05m`, `4d 02h`.
pub fn span(span: TimeDelta) -> String {
    let us = span.num_microseconds().unwrap_or(i64::MAX).max(0);
    let (ms, seconds) = (us / 1_000, us / 1_000_000);
    match ms {
        0 => format!("{us} µs"),
        1..10 => format!("{ms}.{} ms", us % 1_000 / 100),
        10..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{seconds}.{:02} s", ms % 1_000 / 10),
        60_000..3_600_000 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3_600_000..172_800_000 => format!("{}h {:02}m", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// The same of milliseconds.
pub fn millis(ms: f64) -> String {
    span(TimeDelta::microseconds((ms * 1_000.0).round() as i64))
}

/// How long ago `at` was, to one unit: `3 s ago`.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

/// The same of now.
pub fn age(at: DateTime<Utc>) -> String {
    ago(at, Utc::now())
}

/// The time between two moments, never negative.
pub fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
    (to - from).max(TimeDelta::zero())
}

/// A number of bytes: `312 B`, `48.2 KiB`, `3.1 MiB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

/// Texts with a separator between them.
pub fn joined(texts: impl IntoIterator<Item = impl AsRef<str>>, separator: &str) -> String {
    let mut joined = String::new();
    for (place, text) in texts.into_iter().enumerate() {
        joined += if place == 0 { "" } else { separator };
        joined += text.as_ref();
    }
    joined
}

/// Parts below each other, with an empty line between them; those that are empty are left out.
pub fn paragraphs(parts: impl IntoIterator<Item = String>) -> String {
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    joined(parts, "\n\n")
}

/// `1 step`, `2 steps`.
pub fn count(n: impl Display, noun: &str) -> String {
    match n.to_string().as_str() {
        "1" => format!("1 {noun}"),
        more => format!("{more} {noun}s"),
    }
}

/// `3 steps, 1 pin`, without those of which there is none.
pub fn counts<const N: usize>(counts: [(usize, &str); N]) -> String {
    let some = counts.into_iter().filter(|(n, _)| *n > 0);
    joined(some.map(|(n, noun)| count(n, noun)), ", ")
}

/// The first line of a text, cut with `…` where it has more than `max` characters.
pub fn elide(text: &str, max: usize) -> String {
    let first = text.lines().next().unwrap_or_default();
    let is_whole = first.chars().count() <= max && first.len() == text.trim_end().len();
    match is_whole {
        true => first.to_owned(),
        false => first
            .chars()
            .take(max.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

/// A duration as a user writes it: a whole number and `ms`, `s`, `m`, `h` or `d`.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!("`{text}` is not a duration; write for example `500ms`, `30s`, `5m`, `1h` or `90d`")
    };
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let unit_ms = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(unit_ms)
        .map(Duration::from_millis)
        .ok_or_else(wrong)
}

/// A time as a user writes it: so long ago.
#[derive(Clone, Debug)]
pub struct Ago {
    span: Duration,
    text: String,
}

impl Ago {
    /// The time. One that is too long ago for a date is left to the host to refuse.
    pub fn time(&self) -> DateTime<Utc> {
        let back = TimeDelta::from_std(self.span).unwrap_or(TimeDelta::MAX);
        let time = Utc::now().checked_sub_signed(back);
        time.unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl FromStr for Ago {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self {
            span: parse_duration(text)?,
            text: text.to_owned(),
        })
    }
}

impl Display for Ago {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_in_the_unit_that_fits() {
        let written = [
            0,
            999,
            4_750,
            12_999,
            1_240_000,
            123_000_000,
            11_100_000_000,
            352_800_000_000,
        ]
        .map(|us| span(TimeDelta::microseconds(us)));
        let expected = [
            "0 µs", "999 µs", "4.7 ms", "12 ms", "1.24 s", "2m 03s", "3h 05m", "4d 02h",
        ];
        assert_eq!(written, expected);
    }

    #[test]
    fn a_duration_needs_its_unit() {
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(parse_duration("90d"), parse_duration("2160h"));
        assert!(parse_duration("30").unwrap_err().contains("`30s`"));
        assert!(parse_duration("s").is_err());
        assert!(parse_duration("99999999999999999999h").is_err());
    }

    #[test]
    fn a_long_or_many_lined_text_is_cut_with_a_mark() {
        assert_eq!(elide("short\n", 10), "short");
        assert_eq!(elide("two\nlines", 10), "two…");
        assert_eq!(elide("abcdefghijk", 5), "abcd…");
    }
}
