//! How many requests a caller may send a minute. Each host counts for itself.

use super::caller_id::CallerId;
use super::too_many::TooOften;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tasker_domain::request_rate::RequestRate;
use tasker_wire::headers::{RATE_LIMIT, RATE_LIMIT_POLICY};

/// The time for which a rate is given.
const WINDOW: Duration = Duration::from_secs(60);

/// The requests of one caller: as many as its rate at once, and one more at each of its parts of a minute.
pub(crate) struct CallerRate {
    rate: RequestRate,
    limiter: RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>,
    /// Of the last request.
    taken_at: Mutex<Instant>,
}

/// What is left to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    rate: RequestRate,
    remaining: u32,
}

impl CallerRate {
    pub(crate) fn new(rate: RequestRate) -> Self {
        let limiter = RateLimiter::direct(Quota::per_minute(rate.per_minute()));
        Self {
            rate,
            limiter: limiter.with_middleware(),
            taken_at: Mutex::new(Instant::now()),
        }
    }

    pub(crate) fn rate(&self) -> RequestRate {
        self.rate
    }

    /// True if nothing was taken for a minute.
    pub(crate) fn is_whole(&self) -> bool {
        self.taken_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
            >= WINDOW
    }

    /// Takes one request, or says when the next one may come.
    pub(crate) fn take(&self, caller: &CallerId) -> Result<Allowance, TooOften> {
        *self.taken_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let refused = match self.limiter.check() {
            Ok(left) => {
                return Ok(Allowance {
                    rate: self.rate,
                    remaining: left.remaining_burst_capacity(),
                });
            }
            Err(refused) => refused,
        };
        let wait = refused.wait_time_from(DefaultClock::default().now());
        Err(TooOften {
            caller: caller.to_string(),
            rate: self.rate,
            retry_after_s: whole_seconds(wait),
        })
    }
}

impl Allowance {
    /// Of a caller who has sent too much.
    pub(crate) fn none(rate: RequestRate) -> Self {
        Self { rate, remaining: 0 }
    }

    /// Tells it as draft-ietf-httpapi-ratelimit-headers-10 has it: the quota and its time, what is left, and after how
    /// many seconds it is whole again.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let quota = self.rate.per_minute().get();
        let missing = u64::from(quota.saturating_sub(self.remaining));
        let whole_in_s = (missing * WINDOW.as_secs()).div_ceil(u64::from(quota));
        let policy = format!("\"caller\";q={quota};w={}", WINDOW.as_secs());
        let left = format!("\"caller\";r={};t={whole_in_s}", self.remaining);
        for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(allowance: Allowance) -> [String; 2] {
        let mut headers = HeaderMap::new();
        allowance.tell(&mut headers);
        [RATE_LIMIT_POLICY, RATE_LIMIT].map(|name| headers[name].to_str().unwrap().to_owned())
    }

    #[test]
    fn as_many_requests_as_the_rate_come_at_once_and_the_next_is_told_when() {
        let caller = CallerId::Named("ci".to_owned());
        let few = CallerRate::new(3_u32.try_into().unwrap());
        let left = [(); 3].map(|()| few.take(&caller).unwrap().remaining);
        assert_eq!(left, [2, 1, 0]);
        let refused = few.take(&caller).unwrap_err();
        assert!((19..=20).contains(&refused.retry_after_s), "{refused:?}");
    }

    #[test]
    fn headers_say_the_quota_what_is_left_and_when_it_is_whole() {
        let rate: RequestRate = 600_u32.try_into().unwrap();
        let some = Allowance {
            rate,
            remaining: 595,
        };
        assert_eq!(
            told(some),
            ["\"caller\";q=600;w=60", "\"caller\";r=595;t=1"]
        );
        assert_eq!(told(Allowance::none(rate))[1], "\"caller\";r=0;t=60");
    }
}
