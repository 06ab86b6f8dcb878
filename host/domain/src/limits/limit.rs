//! The limits by name, with their units and how people write them.

use super::super::named_enum::named_enum;
use crate::duration::{self, DurationError, MAX_DURATION};
use std::ops::RangeInclusive;
use strum::{VariantArray, VariantNames};

named_enum! {
    /// One thing that an invocation may use so much of.
    #[derive(strum::Display)]
    #[strum(parse_err_ty = LimitError, parse_err_fn = LimitError::unknown)]
    pub enum Limit {
        Memory,
        /// Wall time: a step says it by `timeout:`.
        Timeout,
        /// Time on the processor.
        Cpu,
        /// Bytes that the host keeps for the attempt.
        HostMemory,
        /// Bytes of the result, the checkpoint, or the details of a failure.
        Result,
        /// Bytes of the task's input, the checkpoint and the results of earlier steps that it is handed.
        Input,
        /// Bytes of the attempt's log.
        Log,
        HostCalls,
        /// Handles of what the host keeps for the attempt.
        Resources,
        /// Bytes of the payload of one event.
        Event,
        Events,
        HttpRequests,
        /// Bytes of the bodies of responses.
        HttpIn,
        /// Bytes of the bodies of requests.
        HttpOut,
    }
}

/// What a limit is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Bytes,
    Milliseconds,
    Number,
}

/// Why a text is no limit or not a value of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    #[error("there is no limit `{}`; there are {}", .0, Limit::NAMES.join(", "))]
    Unknown(String),
    #[error(
        "{limit}: `{text}` is not a size; write a whole number with B, KiB, MiB or GiB, such as `64MiB`"
    )]
    Size { limit: Limit, text: String },
    #[error("{limit}: {source}")]
    Time { limit: Limit, source: DurationError },
    #[error("{limit}: `{text}` is not a whole number; write for example `100`")]
    Number { limit: Limit, text: String },
    #[error("{limit}: {text} is out of range; write a value from {} to {}", limit.show(*limit.range().start()), limit.show(*limit.range().end()))]
    Range { limit: Limit, text: String },
    #[error("`{0}` sets no limit; write for example `memory=64MiB`")]
    Form(String),
}

/// Units of bytes, the largest first.
const SIZES: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];
/// The largest size that can be said.
const MAX_SIZE: u64 = 64 << 30;
/// The smallest memory that can be said: one page.
const MIN_MEMORY: u64 = 64 << 10;
/// The smallest memory on the host that can be said: enough for a few calls.
const MIN_HOST_MEMORY: u64 = 64 << 10;
/// The largest number that can be said.
const MAX_NUMBER: u64 = 1_000_000_000;
/// As much of a wrong text as a message shows, in characters.
const SHOWN_CHARS: usize = 40;

impl Limit {
    /// As YAML, JSON and the commands name them, in the order of [`Limit::ALL`].
    pub const NAMES: &[&str] = <Self as VariantNames>::VARIANTS;
    pub const ALL: &[Self] = <Self as VariantArray>::VARIANTS;

    const fn unit(self) -> Unit {
        match self {
            Self::Memory
            | Self::HostMemory
            | Self::Result
            | Self::Input
            | Self::Log
            | Self::Event
            | Self::HttpIn
            | Self::HttpOut => Unit::Bytes,
            Self::Timeout | Self::Cpu => Unit::Milliseconds,
            Self::HostCalls | Self::Resources | Self::Events | Self::HttpRequests => Unit::Number,
        }
    }

    /// What can be said of it, in its unit.
    pub fn range(self) -> RangeInclusive<u64> {
        let max_ms = u64::try_from(MAX_DURATION.as_millis()).unwrap_or(u64::MAX);
        match self {
            Self::Memory => MIN_MEMORY..=MAX_SIZE,
            Self::HostMemory => MIN_HOST_MEMORY..=MAX_SIZE,
            Self::Timeout | Self::Cpu => 1..=max_ms,
            Self::Result | Self::Input | Self::Event => 1..=MAX_SIZE,
            Self::Log | Self::HttpIn | Self::HttpOut => 0..=MAX_SIZE,
            Self::HostCalls => 1..=MAX_NUMBER,
            Self::Resources => 0..=MAX_NUMBER,
            Self::Events | Self::HttpRequests => 0..=MAX_NUMBER,
        }
    }

    /// True if its value is written as a bare number.
    pub const fn is_number(self) -> bool {
        matches!(self.unit(), Unit::Number)
    }

    /// What is bounded, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Memory => "All memories and tables of the instance.",
            Self::Timeout => "Wall time of one attempt.",
            Self::Cpu => "Processor time.",
            Self::HostMemory => {
                "What the host stores for the attempt or receives in one call: key-value writes, events, HTTP fields, \
                 requests in flight."
            }
            Self::Result => "The result, the checkpoint, or the details of a failure.",
            Self::Input => {
                "The task's input, the checkpoint and the results of earlier steps that the attempt reads."
            }
            Self::Log => "Log lines, plus 64 bytes for each line and field; the rest is cut.",
            Self::HostCalls => "Calls from the guest to the host.",
            Self::Resources => "Handles held at one time: HTTP fields, requests, streams, timers.",
            Self::Event => "The payload of one event.",
            Self::Events => "The number of events.",
            Self::HttpRequests => "Requests that leave the sandbox.",
            Self::HttpIn => "Bodies of all responses.",
            Self::HttpOut => "Bodies of all requests.",
        }
    }

    /// Such as it is right.
    pub const fn example(self) -> &'static str {
        match self.unit() {
            Unit::Bytes => "64MiB",
            Unit::Milliseconds => "10s",
            Unit::Number => "100",
        }
    }

    /// Reads a value: `64MiB`, `10s`, `100`.
    pub fn parse(self, text: &str) -> Result<u64, LimitError> {
        let (limit, shown) = (self, shown(text));
        let value = match self.unit() {
            Unit::Bytes => {
                let wrong = || LimitError::Size {
                    limit,
                    text: shown.clone(),
                };
                size(text).ok_or_else(wrong)?
            }
            Unit::Milliseconds => {
                let time = duration::parse(text);
                let time = time.map_err(|source| LimitError::Time { limit, source })?;
                u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
            }
            Unit::Number => {
                let wrong = |_| LimitError::Number {
                    limit,
                    text: shown.clone(),
                };
                text.parse().map_err(wrong)?
            }
        };
        match self.range().contains(&value) {
            true => Ok(value),
            false => Err(LimitError::Range { limit, text: shown }),
        }
    }

    /// Writes a value as [`parse`](Self::parse) reads it.
    pub fn show(self, value: u64) -> String {
        match self.unit() {
            Unit::Bytes => show_size(value),
            Unit::Milliseconds => duration::show(std::time::Duration::from_millis(value)),
            Unit::Number => value.to_string(),
        }
    }

    /// Reads `memory=64MiB`.
    pub fn parse_setting(text: &str) -> Result<(Self, u64), LimitError> {
        let form = || LimitError::Form(shown(text));
        let (name, value) = text.split_once('=').ok_or_else(form)?;
        let limit: Self = name.parse()?;
        Ok((limit, limit.parse(value)?))
    }
}

impl LimitError {
    fn unknown(text: &str) -> Self {
        Self::Unknown(shown(text))
    }
}

fn shown(text: &str) -> String {
    text.chars()
        .take(SHOWN_CHARS)
        .flat_map(char::escape_debug)
        .collect()
}

fn size(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, factor) = SIZES.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

fn show_size(bytes: u64) -> String {
    let whole = |(_, factor): &&(&str, u64)| bytes >= *factor && bytes.is_multiple_of(*factor);
    match SIZES.iter().find(whole) {
        Some((unit, factor)) => format!("{}{unit}", bytes / factor),
        None => format!("{bytes}B"),
    }
}
