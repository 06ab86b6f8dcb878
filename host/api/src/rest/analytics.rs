//! Statistics: performance, bottlenecks, errors.

use super::super::Api;
use super::super::error::ApiError;
use super::super::routes::{Answer, Call, Reply, Routes};
use chrono::{DateTime, TimeDelta, Utc};
use tasker_domain::analytics::GroupBy;
use tasker_domain::histogram::RELATIVE_ERROR;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_engine::statistics::{
    CountedPart, ErrorGroupRow, GroupOrder, Measured, PerformanceGroup as Group, ThroughputRow,
};
use tasker_wire::analytics::{
    AttemptCounts, Bottlenecks, ClaimCounts, DEFAULT_BOTTLENECKS, DEFAULT_GROUPS, Durations,
    ErrorGroup, Errors, MAX_GROUPS, Performance, PerformanceGroup, ShowBottlenecks, ShowErrors,
    ShowPerformance, TaskCounts, Throughput, Window,
};

/// The window where the request names none.
const DEFAULT_WINDOW: TimeDelta = TimeDelta::hours(24);
/// Up to this length, and as long as they are kept, minutes are read.
const MAX_MINUTES_WINDOW: TimeDelta = TimeDelta::hours(3);
/// How long minutes are kept, less what it takes to read them; see `tasker.expire_statistics`.
const MINUTES_KEPT: TimeDelta = TimeDelta::minutes(350);
/// Up to this length, and as long as they are kept, hours are read.
const MAX_HOURS_WINDOW: TimeDelta = TimeDelta::days(3);
/// How long hours are kept.
const HOURS_KEPT: TimeDelta = TimeDelta::days(60);
/// The longest window: as long as days are kept.
const MAX_WINDOW: TimeDelta = TimeDelta::days(800);

pub(crate) fn routes() -> Routes {
    let routes = Routes::default().on(performance);
    routes.on(bottlenecks).on(errors)
}

async fn performance(api: Api, call: Call<ShowPerformance>) -> Answer<ShowPerformance> {
    let query = &call.query;
    let limit = limit(query.limit, DEFAULT_GROUPS)?;
    let window = window(&api, query.since, query.until, query.namespace.as_ref()).await?;
    let part = part(&window, query.namespace.as_ref(), query.template.as_ref());
    let by = query.by.into_str();
    let rows = api.engine.performance(part, by, GroupOrder::Count, limit);
    let groups = rows.await?.into_iter().map(|row| group(row, query.by));
    let groups = groups.collect();
    let throughput = api.engine.throughput(part).await?;
    Ok(Reply::ok(Performance {
        window,
        relative_error: RELATIVE_ERROR,
        throughput: throughput.into_iter().map(ended).collect(),
        groups,
    }))
}

async fn bottlenecks(api: Api, call: Call<ShowBottlenecks>) -> Answer<ShowBottlenecks> {
    let query = &call.query;
    let limit = limit(query.limit, DEFAULT_BOTTLENECKS)?;
    let window = window(&api, query.since, query.until, query.namespace.as_ref()).await?;
    let part = part(&window, query.namespace.as_ref(), query.template.as_ref());
    let steps = async |order: GroupOrder| {
        let rows = api
            .engine
            .performance(part, GroupBy::Step.into_str(), order, limit);
        let groups = rows.await?.into_iter().map(|row| group(row, GroupBy::Step));
        Ok::<_, ApiError>(groups.collect::<Vec<_>>())
    };
    let errors = async { Ok(api.engine.error_groups(part, limit).await?) };
    let (mut slowest, mut longest_waits, mut most_retries, errors) = tokio::try_join!(
        steps(GroupOrder::Slow),
        steps(GroupOrder::Wait),
        steps(GroupOrder::Retries),
        errors,
    )?;
    slowest.retain(|it| it.attempts.duration.is_some());
    longest_waits.retain(|it| it.claims.delay.is_some());
    most_retries.retain(|it| it.attempts.failed + it.attempts.retried > 0);
    Ok(Reply::ok(Bottlenecks {
        slowest,
        longest_waits,
        most_retries,
        errors: errors.into_iter().map(error_group).collect(),
        relative_error: RELATIVE_ERROR,
        window,
    }))
}

async fn errors(api: Api, call: Call<ShowErrors>) -> Answer<ShowErrors> {
    let query = &call.query;
    let limit = limit(query.limit, DEFAULT_GROUPS)?;
    let window = window(&api, query.since, query.until, query.namespace.as_ref()).await?;
    let part = part(&window, query.namespace.as_ref(), query.template.as_ref());
    let groups = api.engine.error_groups(part, limit).await?;
    let groups = groups.into_iter().map(error_group).collect();
    Ok(Reply::ok(Errors { window, groups }))
}

fn limit(asked: Option<u32>, usual: u32) -> Result<u32, ApiError> {
    match asked.unwrap_or(usual) {
        limit @ 1..=MAX_GROUPS => Ok(limit),
        limit => Err(ApiError::parameter(
            "limit",
            format!("{limit} is out of range; use 1 to {MAX_GROUPS} groups"),
        )),
    }
}

/// The window that is asked for, in whole counts. A namespace that does not exist is refused.
async fn window(
    api: &Api,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    namespace: Option<&Name>,
) -> Result<Window, ApiError> {
    if let Some(namespace) = namespace {
        api.registry.check_namespace(namespace).await?;
    }
    let counted = api.engine.counted_log().await?;
    let until = until.unwrap_or(counted.now);
    let since = since.unwrap_or(until - DEFAULT_WINDOW);
    if since >= until {
        let message = format!("{since} is not before the end of the window, {until}");
        return Err(ApiError::parameter("since", message));
    }
    if until - since > MAX_WINDOW || counted.now - since > MAX_WINDOW {
        let days = MAX_WINDOW.num_days();
        let message = format!("statistics are kept for {days} days; ask for less");
        return Err(ApiError::parameter("since", message));
    }
    let minutes = minutes(until - since, counted.now - since);
    Ok(Window {
        since: floor(since, minutes),
        until: floor(
            until + TimeDelta::minutes(minutes.into()) - TimeDelta::microseconds(1),
            minutes,
        ),
        minutes,
        as_of: counted.as_of,
        is_behind: counted.is_behind,
    })
}

/// How fine a window of this length, that began so long ago, is counted.
fn minutes(length: TimeDelta, age: TimeDelta) -> u32 {
    if length <= MAX_MINUTES_WINDOW && age <= MINUTES_KEPT {
        1
    } else if length <= MAX_HOURS_WINDOW && age <= HOURS_KEPT {
        60
    } else {
        24 * 60
    }
}

/// Down to a multiple of so many minutes, in UTC.
fn floor(at: DateTime<Utc>, minutes: u32) -> DateTime<Utc> {
    let unit = i64::from(minutes) * 60;
    let seconds = at.timestamp().div_euclid(unit) * unit;
    DateTime::from_timestamp(seconds, 0).unwrap_or(at)
}

fn part<'a>(
    window: &Window,
    namespace: Option<&'a Name>,
    template: Option<&'a Name>,
) -> CountedPart<'a> {
    CountedPart {
        width: i16::try_from(window.minutes).unwrap_or(i16::MAX),
        since: window.since,
        until: window.until,
        namespace,
        template,
    }
}

fn group(group: Group, by: GroupBy) -> PerformanceGroup {
    let tasks = &group.tasks;
    let tasks = TaskCounts {
        complete: (tasks.count - tasks.failed - tasks.cancelled).unsigned_abs(),
        failed: tasks.failed.unsigned_abs(),
        cancelled: tasks.cancelled.unsigned_abs(),
        duration: durations(tasks),
    };
    PerformanceGroup {
        tasks: (by != GroupBy::Step).then_some(tasks),
        attempts: AttemptCounts {
            count: group.runs.count.unsigned_abs(),
            failed: group.runs.failed.unsigned_abs(),
            retried: group.runs.retried.unsigned_abs(),
            duration: durations(&group.runs),
        },
        claims: ClaimCounts {
            count: group.claims.count.unsigned_abs(),
            delay: durations(&group.claims),
        },
        namespace: group.namespace,
        template: group.template,
        version: group.version,
        step: group.step,
        component: group.component,
    }
}

/// `None` where nothing had a duration. A percentile is no more than the longest, which is exact.
fn durations(measured: &Measured) -> Option<Durations> {
    let (all, max) = (&measured.durations, measured.max_ms);
    let percentile = |share| Some(all.percentile(share)?.min(max));
    Some(Durations {
        mean: measured.sum_ms / all.count() as f64,
        p50: percentile(0.50)?,
        p95: percentile(0.95)?,
        p99: percentile(0.99)?,
        max,
    })
}

fn ended(row: ThroughputRow) -> Throughput {
    Throughput {
        at: row.at,
        complete: (row.tasks - row.failed - row.cancelled).unsigned_abs(),
        failed: row.failed.unsigned_abs(),
        cancelled: row.cancelled.unsigned_abs(),
    }
}

fn error_group(row: ErrorGroupRow) -> ErrorGroup {
    ErrorGroup {
        namespace: row.namespace,
        code: row.code,
        message: row.message,
        count: row.count.unsigned_abs(),
        first_at: row.first_at,
        last_at: row.last_at,
        steps: row.steps,
        task_id: TaskId(row.task_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_counted_as_finely_as_its_length_and_age_allow() {
        let hours = TimeDelta::hours;
        assert_eq!(minutes(hours(1), hours(1)), 1);
        assert_eq!(minutes(hours(1), hours(7)), 60);
        assert_eq!(minutes(hours(24), hours(24)), 60);
        assert_eq!(minutes(hours(24), hours(24 * 61)), 1_440);
        assert_eq!(minutes(hours(24 * 7), hours(24 * 7)), 1_440);
    }

    #[test]
    fn a_time_goes_down_to_a_whole_count() {
        let at = "2026-01-02T03:04:05Z".parse().unwrap();
        let floored = [1, 60, 1_440].map(|minutes| floor(at, minutes).to_rfc3339());
        let expected = [
            "2026-01-02T03:04:00",
            "2026-01-02T03:00:00",
            "2026-01-02T00:00:00",
        ];
        assert_eq!(floored, expected.map(|it| format!("{it}+00:00")));
    }

    #[test]
    fn no_percentile_exceeds_the_longest() {
        let mut measured = Measured::default();
        assert_eq!(durations(&measured), None);
        measured.durations.add(&[400], &[2]);
        (measured.sum_ms, measured.max_ms) = (4.0, 2.95);
        let found = durations(&measured).unwrap();
        assert_eq!((found.mean, found.p50, found.max), (2.0, 2.95, 2.95));
    }
}
