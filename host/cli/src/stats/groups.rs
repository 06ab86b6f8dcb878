//! Statistics of templates and steps as tables.

use super::bars::bar;
use crate::{Table, Tone, units};
use tasker_domain::analytics::GroupBy;
use tasker_wire::analytics::{Durations, PerformanceGroup};

/// Tasks, or of steps their attempts; with the percentiles of what took long.
pub fn table(groups: &[PerformanceGroup], by: GroupBy) -> String {
    let most = groups.iter().map(count).max().unwrap_or_default() as f64;
    let durations = |it: &PerformanceGroup| match &it.tasks {
        Some(tasks) => tasks.duration.clone(),
        None => it.attempts.duration.clone(),
    };
    let heading = match by {
        GroupBy::Step => "attempts",
        GroupBy::Namespace | GroupBy::Template | GroupBy::Version => "tasks",
    };
    Table::new([
        ("of", &name as &dyn Fn(&PerformanceGroup) -> String),
        (heading, &|it| count(it).to_string()),
        ("", &|it| Tone::Active.of(bar(count(it) as f64, most))),
        ("ok", &success),
        ("p50", &|it| percentile(durations(it), |it| it.p50)),
        ("p95", &|it| percentile(durations(it), |it| it.p95)),
        ("p99", &|it| percentile(durations(it), |it| it.p99)),
        ("run p95", &|it| {
            percentile(it.attempts.duration.clone(), |it| it.p95)
        }),
        ("wait p95", &|it| {
            percentile(it.claims.delay.clone(), |it| it.p95)
        }),
        ("ran", &|it| it.component.clone().unwrap_or_default()),
    ])
    .rows(groups)
}

/// Steps by all time of their attempts.
pub fn slowest(groups: &[PerformanceGroup]) -> String {
    let all = |it: &PerformanceGroup| {
        let mean = it.attempts.duration.as_ref().map(|it| it.mean);
        mean.unwrap_or_default() * it.attempts.count as f64
    };
    times(groups, &all, &|it| it.attempts.count, &|it| {
        it.attempts.duration.clone()
    })
}

/// Steps by all time before their claims.
pub fn waits(groups: &[PerformanceGroup]) -> String {
    let all = |it: &PerformanceGroup| {
        let mean = it.claims.delay.as_ref().map(|it| it.mean);
        mean.unwrap_or_default() * it.claims.count as f64
    };
    times(groups, &all, &|it| it.claims.count, &|it| {
        it.claims.delay.clone()
    })
}

fn times(
    groups: &[PerformanceGroup],
    all: &dyn Fn(&PerformanceGroup) -> f64,
    count: &dyn Fn(&PerformanceGroup) -> u64,
    durations: &dyn Fn(&PerformanceGroup) -> Option<Durations>,
) -> String {
    let most = groups.iter().map(all).fold(0.0, f64::max);
    Table::new([
        ("step", &name as &dyn Fn(&PerformanceGroup) -> String),
        ("in all", &|it| units::millis(all(it))),
        ("", &|it| Tone::Active.of(bar(all(it), most))),
        ("times", &|it| count(it).to_string()),
        ("p50", &|it| percentile(durations(it), |it| it.p50)),
        ("p95", &|it| percentile(durations(it), |it| it.p95)),
        ("longest", &|it| percentile(durations(it), |it| it.max)),
        ("ran", &|it| it.component.clone().unwrap_or_default()),
    ])
    .rows(groups)
}

/// Steps by their failed attempts.
pub fn retries(groups: &[PerformanceGroup]) -> String {
    let failed = |it: &PerformanceGroup| it.attempts.failed + it.attempts.retried;
    let most = groups.iter().map(failed).max().unwrap_or_default() as f64;
    Table::new([
        ("step", &name as &dyn Fn(&PerformanceGroup) -> String),
        ("failed", &|it| failed(it).to_string()),
        ("", &|it| Tone::Bad.of(bar(failed(it) as f64, most))),
        ("for good", &|it| it.attempts.failed.to_string()),
        ("of", &|it| it.attempts.count.to_string()),
        ("ran", &|it| it.component.clone().unwrap_or_default()),
    ])
    .rows(groups)
}

/// `orders/fulfil@1.2.0 charge`, as far as it is divided.
fn name(group: &PerformanceGroup) -> String {
    let template = group.template.as_ref().map(|it| format!("/{it}"));
    let version = group.version.as_ref().map(|it| format!("@{it}"));
    let step = group.step.as_ref().map(|it| format!(" {it}"));
    let rest = [template, version, step].into_iter().flatten();
    format!("{}{}", group.namespace, rest.collect::<String>())
}

fn count(group: &PerformanceGroup) -> u64 {
    match &group.tasks {
        Some(tasks) => tasks.complete + tasks.failed + tasks.cancelled,
        None => group.attempts.count,
    }
}

fn success(group: &PerformanceGroup) -> String {
    let good = match &group.tasks {
        Some(tasks) => tasks.complete,
        None => {
            let attempts = &group.attempts;
            attempts
                .count
                .saturating_sub(attempts.failed + attempts.retried)
        }
    };
    match count(group) {
        0 => String::new(),
        all => format!("{:.1} %", 100.0 * good as f64 / all as f64),
    }
}

fn percentile(durations: Option<Durations>, of: fn(&Durations) -> f64) -> String {
    durations
        .map(|it| units::millis(of(&it)))
        .unwrap_or_default()
}
