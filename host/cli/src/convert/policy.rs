//! Retries and timeouts.

use super::mapping::Mapping;
use super::notes::Notes;
use super::yaml::Yaml;
use std::time::Duration;
use tasker_domain::duration;
use tasker_domain::template::yaml::Located;

/// The most attempts that a template may ask for.
const MAX_ATTEMPTS: u64 = 100;

/// The `retry` of a step.
pub fn retry(step: &Mapping<'_>, notes: &mut Notes) -> Option<Yaml> {
    let retry = step.below("retry");
    let is_retryable = step.get("default_retryable").or(retry.get("retryable"));
    let is_retryable = !is_retryable.is_some_and(is_false);
    let most = ["max_attempts", "limit"]
        .into_iter()
        .find_map(|key| retry.entry(key));
    let most = most
        .or(step.entry("default_retry_limit"))
        .or(step.entry("retry_limit"));
    let attempts = match most.and_then(|it| Some((it, it.value.number()?.as_u64()?))) {
        _ if !is_retryable => Some(1),
        None => None,
        Some((entry, 0)) => {
            notes.at(entry.key_at, "no attempt was allowed; the step has one");
            Some(1)
        }
        Some((entry, attempts)) if attempts > MAX_ATTEMPTS => {
            let what =
                format!("{attempts} attempts are more than the {MAX_ATTEMPTS} of a template");
            notes.at(entry.key_at, what);
            Some(MAX_ATTEMPTS)
        }
        Some((_, attempts)) => Some(attempts),
    };
    let retry = Yaml::map([
        ("max_attempts", attempts.map(Yaml::number)),
        ("backoff", backoff(&retry, notes)),
        ("base", retry.whole("backoff_base_ms").map(milliseconds)),
        ("max", retry.whole("max_backoff_ms").map(milliseconds)),
    ]);
    (!retry.is_empty()).then_some(retry)
}

fn is_false(value: &Located) -> bool {
    value.to_json() == serde_json::Value::Bool(false)
}

fn backoff(retry: &Mapping<'_>, notes: &mut Notes) -> Option<Yaml> {
    let entry = retry.entry("backoff")?;
    match entry.value.text().unwrap_or_default() {
        known @ ("exponential" | "linear" | "none") => Some(Yaml::text(known)),
        "fixed" | "constant" => Some(Yaml::text("none")),
        other => {
            let other = other.escape_debug();
            notes.at(
                entry.key_at,
                format!("the backoff `{other}` is not known; it is exponential"),
            );
            None
        }
    }
}

fn milliseconds(ms: u64) -> Yaml {
    Yaml::Scalar(duration::show(Duration::from_millis(ms)))
}

/// The `timeout` of a step.
pub fn timeout(step: &Mapping<'_>) -> Option<Yaml> {
    let seconds = step.whole("timeout_seconds")?;
    Some(milliseconds(seconds.saturating_mul(1_000)))
}
