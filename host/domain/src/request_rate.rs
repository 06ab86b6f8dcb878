//! How often a caller may ask.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// The largest rate.
pub const MAX_REQUESTS_PER_MINUTE: u32 = 1_000_000;

/// So many requests a minute, of each host; as many at once after a quiet minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct RequestRate(NonZeroU32);

/// A number that is no rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a rate is from 1 to {MAX_REQUESTS_PER_MINUTE} requests a minute; leave it out for no limit"
)]
pub struct WrongRate;

impl RequestRate {
    pub fn per_minute(self) -> NonZeroU32 {
        self.0
    }
}

impl TryFrom<u32> for RequestRate {
    type Error = WrongRate;

    fn try_from(per_minute: u32) -> Result<Self, WrongRate> {
        let rate = NonZeroU32::new(per_minute).filter(|it| it.get() <= MAX_REQUESTS_PER_MINUTE);
        rate.map(Self).ok_or(WrongRate)
    }
}

/// As the database has it.
impl TryFrom<i32> for RequestRate {
    type Error = WrongRate;

    fn try_from(per_minute: i32) -> Result<Self, WrongRate> {
        u32::try_from(per_minute).map_err(|_| WrongRate)?.try_into()
    }
}

impl From<RequestRate> for u32 {
    fn from(rate: RequestRate) -> Self {
        rate.0.get()
    }
}

impl From<RequestRate> for i32 {
    fn from(rate: RequestRate) -> Self {
        i32::try_from(rate.0.get()).unwrap_or(i32::MAX)
    }
}

impl FromStr for RequestRate {
    type Err = WrongRate;

    fn from_str(text: &str) -> Result<Self, WrongRate> {
        text.parse::<u32>().map_err(|_| WrongRate)?.try_into()
    }
}

impl fmt::Display for RequestRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
