//! Checks `retry:`, `timeout:` and `limits:`.

use super::fields::{Field, Fields};
use crate::duration::show;
use crate::limits::{Limit, LimitSettings};
use crate::template::position::Findings;
use crate::template::retry::{Backoff, MAX_ATTEMPTS, Policy, PolicySettings, RetrySettings};
use std::time::Duration;

pub(super) const RETRY_KEYS: [&str; 5] = ["max_attempts", "backoff", "base", "max", "jitter"];

const BACKOFFS: [(&str, Backoff); 3] = [
    (Backoff::Exponential.into_str(), Backoff::Exponential),
    (Backoff::Linear.into_str(), Backoff::Linear),
    (Backoff::None.into_str(), Backoff::None),
];

/// The shortest timeout of an attempt.
const MIN_TIMEOUT: Duration = Duration::from_millis(1);

/// The settings of a mapping that has nothing else; `inherited` holds where they say nothing.
pub(super) fn alone(
    field: &Field<'_>,
    inherited: &PolicySettings,
    findings: &mut Findings,
) -> Option<PolicySettings> {
    let fields = Fields::of(field, &["retry", "timeout", "limits"], findings)?;
    Some(settings(&fields, inherited, findings))
}

/// The settings among other keys.
pub(super) fn settings(
    fields: &Fields<'_>,
    inherited: &PolicySettings,
    findings: &mut Findings,
) -> PolicySettings {
    let timeout = fields.get("timeout");
    let timeout = timeout.and_then(|field| field.duration(MIN_TIMEOUT, findings));
    let limits = fields.get("limits");
    let limits = limits.and_then(|field| limits_of(&field, findings));
    let mut settings = PolicySettings {
        timeout,
        limits: limits.unwrap_or_default(),
        ..PolicySettings::default()
    };
    let Some(field) = fields.get("retry") else {
        return settings;
    };
    let Some(fields) = Fields::of(&field, &RETRY_KEYS, findings) else {
        return settings;
    };
    settings.retry = retry(&fields, findings);
    let says_one = settings.retry.base.or(settings.retry.max).is_some();
    if let Some(message) = disorder(&settings.or(inherited).complete()).filter(|_| says_one) {
        let place = fields.get("base").or(fields.get("max")).unwrap_or(field);
        place.report(message, findings);
    }
    settings
}

fn retry(fields: &Fields<'_>, findings: &mut Findings) -> RetrySettings {
    let attempts = fields.get("max_attempts");
    let backoff = fields.get("backoff");
    let jitter = fields.get("jitter");
    RetrySettings {
        max_attempts: attempts.and_then(|field| field.whole_number(1..=MAX_ATTEMPTS, findings)),
        backoff: backoff.and_then(|field| field.one_of(&BACKOFFS, findings)),
        base: fields
            .get("base")
            .and_then(|field| field.duration(Duration::ZERO, findings)),
        max: fields
            .get("max")
            .and_then(|field| field.duration(Duration::ZERO, findings)),
        jitter: jitter.and_then(|field| field.share(findings)),
    }
}

/// All but the time, which `timeout:` says.
fn limits_of(field: &Field<'_>, findings: &mut Findings) -> Option<LimitSettings> {
    let limits = || {
        Limit::ALL
            .iter()
            .copied()
            .filter(|limit| *limit != Limit::Timeout)
    };
    let keys: Vec<&str> = limits().map(|limit| limit.into_str()).collect();
    let fields = Fields::of(field, &keys, findings)?;
    let mut said = Vec::new();
    for limit in limits() {
        let value = fields.get(limit.into_str());
        let value = value.and_then(|field| field.limit(limit, findings));
        said.extend(value.map(|value| (limit, value)));
    }
    Some(said.into_iter().collect())
}

/// What is wrong where the first wait would be longer than the longest.
pub(super) fn disorder(policy: &Policy) -> Option<String> {
    let (base, max) = (policy.retry.base, policy.retry.max);
    let message = || {
        let (base, max) = (show(base), show(max));
        format!("base, {base}, is longer than max, {max}; make base at most max, or raise max")
    };
    (base > max).then(message)
}
