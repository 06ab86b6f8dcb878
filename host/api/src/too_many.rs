//! Bounds that a caller has reached.

use super::caller_id::CallerId;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_domain::request_rate::RequestRate;

/// What is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerLimit {
    Connections,
    Requests,
    Waits,
    /// Waits of all callers together.
    AllWaits,
    Streams,
    /// Streams of all callers together.
    AllStreams,
    ComponentRequests,
    LargeBodies,
}

impl CallerLimit {
    /// The code of the refusal.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Connections => "too_many_connections",
            Self::Requests => "too_many_requests",
            Self::Waits | Self::AllWaits => "too_many_waits",
            Self::Streams | Self::AllStreams => "too_many_streams",
            Self::ComponentRequests => "too_many_component_requests",
            Self::LargeBodies => "too_many_large_bodies",
        }
    }
}

/// A caller has as much under way as it may.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text(.caller, *.what, *.most))]
pub struct TooMany {
    pub caller: String,
    pub what: CallerLimit,
    pub most: usize,
}

impl Report for TooMany {
    fn report(&self) -> ErrorReport {
        ErrorReport::new(ErrorClass::TooMany, self.what.code())
    }
}

/// A caller sends more requests than its rate allows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{caller} may send {rate} requests a minute to this host; try again in {retry_after_s} s")]
pub struct TooOften {
    pub caller: String,
    pub rate: RequestRate,
    pub retry_after_s: u64,
}

impl TooOften {
    /// The code of the refusal.
    pub(crate) const CODE: &'static str = "rate_limited";
}

impl Report for TooOften {
    fn report(&self) -> ErrorReport {
        ErrorReport::new(ErrorClass::TooMany, Self::CODE).retry_after(self.retry_after_s)
    }
}

fn text(caller: &str, what: CallerLimit, most: usize) -> String {
    let what = match what {
        CallerLimit::Connections => "connections",
        CallerLimit::Requests => "requests at the same time",
        CallerLimit::Waits => "requests that wait for a task",
        CallerLimit::AllWaits => {
            return format!("the host has reached its limit of long polls: {most}; try again");
        }
        CallerLimit::Streams => "streams of events",
        CallerLimit::AllStreams => {
            return format!(
                "the host has reached its limit of streams of events: {most}; try again"
            );
        }
        CallerLimit::ComponentRequests => {
            "uploads, plans and downloads of components at the same time"
        }
        CallerLimit::LargeBodies => "requests with a body above 1 MiB at the same time",
    };
    format!("{caller} has as many {what} as one caller may: {most}; try again when one has ended")
}

pub(crate) fn refused(caller: &CallerId, what: CallerLimit, most: usize) -> TooMany {
    TooMany {
        caller: caller.to_string(),
        what,
        most,
    }
}
