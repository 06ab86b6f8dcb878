//! What each part of a host is found to be, by thresholds. Pure.

use std::time::Duration;
use tasker_database::connect::Connections;
use tasker_database::partitions::PartitionsRow;
use tasker_database::replica::ReplicaHealth;
use tasker_database::schema::Schema;
use tasker_domain::health::{HealthState, HealthUnit};
use tasker_engine::observation::Observation;
use tasker_events::FeedStatus;
use tasker_sandbox::CodeHealth;
use tasker_wire::health::PartStatus;

use HealthState::{Degraded, Down, Ok as Well};

/// The database is slow if an answer to nothing takes longer.
const SLOW_DATABASE: Duration = Duration::from_secs(1);
/// How long a ready step of a namespace that is not paused may wait, in seconds.
const MAX_QUEUE_WAIT_S: f64 = 60.0;
/// How long events may be delayed, in seconds.
const MAX_FEED_LAG_S: f64 = 10.0;
/// How long the oldest event of a subscription may wait, in seconds.
const MAX_SUBSCRIPTION_LAG_S: f64 = 60.0;
/// How far statistics may be behind, in seconds.
const MAX_STATISTICS_LAG_S: f64 = 300.0;
/// How long a component may wait to be compiled.
const MAX_COMPILE_WAIT: Duration = Duration::from_secs(30);
/// Below this, an operator should make room.
const LOW_DISK_BYTES: u64 = 1 << 30;
/// Below this, neither compiled code nor a private database can be written for long.
const FULL_DISK_BYTES: u64 = 64 << 20;
/// What hosts found in the database is not taken for the present if it is older, in seconds.
const MAX_LOOK_AGE_S: f64 = 60.0;

/// What the database said, or why it is not known.
pub(super) type Known<T> = Result<T, String>;

/// What was found.
pub(super) struct Found<'a> {
    pub(super) database: Result<Duration, &'a String>,
    pub(super) schema: Known<Schema>,
    pub(super) partitions: Known<PartitionsRow>,
    pub(super) observation: Known<Option<Observation>>,
    pub(super) runs_worker: bool,
    pub(super) is_draining: bool,
    pub(super) claims_fail: Option<&'a str>,
    pub(super) feed: Option<&'a FeedStatus>,
    pub(super) code: CodeHealth,
    pub(super) connections: Connections,
    /// `None` if the host has no read replica.
    pub(super) replica: Option<ReplicaHealth>,
    /// Which signals the host exports, and for how long each fails.
    pub(super) exports: Vec<(&'static str, Option<Duration>)>,
}

/// A finding: how well a part is, what that goes by, and a sentence.
type Finding = (HealthState, Option<f64>, String);

/// How well each part is.
pub(super) fn of(found: &Found<'_>) -> Vec<PartStatus> {
    use HealthUnit::{Bytes, Count, Seconds};
    let part = |name: &str, unit, (status, value, why): Finding| PartStatus {
        part: name.to_owned(),
        status,
        value,
        unit,
        why,
    };
    let replica = found.replica.as_ref().map(replica);
    let exports = (!found.exports.is_empty()).then(|| exports(&found.exports));
    [
        part("database", Seconds, database(found.database)),
        part("migrations", Count, migrations(&found.schema)),
        part("partitions", Count, partitions(&found.partitions)),
        part("claims", Count, claims(found)),
        part("hosts", Count, seen(found, hosts)),
        part("queue", Seconds, seen(found, queue)),
        part("feed", Seconds, seen(found, |seen| feed(seen, found.feed))),
        part("subscriptions", Seconds, seen(found, subscriptions)),
        part("statistics", Seconds, seen(found, statistics)),
        part("compile_queue", Count, compile_queue(&found.code)),
        part("cache", Bytes, cache(&found.code)),
        part("connection_pool", Count, pool(&found.connections)),
        part("disk", Bytes, disk(found.code.free_bytes)),
    ]
    .into_iter()
    .chain(replica.map(|finding| part("read_replica", Seconds, finding)))
    .chain(exports.map(|finding| part("exports", Seconds, finding)))
    .collect()
}

fn well(value: impl Into<Option<f64>>, why: impl Into<String>) -> Finding {
    (Well, value.into(), why.into())
}

fn degraded(value: impl Into<Option<f64>>, why: impl Into<String>) -> Finding {
    (Degraded, value.into(), why.into())
}

fn down(value: impl Into<Option<f64>>, why: impl Into<String>) -> Finding {
    (Down, value.into(), why.into())
}

fn database(took: Result<Duration, &String>) -> Finding {
    match took {
        Err(why) => down(None, why),
        Ok(took) => {
            let (seconds, ms) = (took.as_secs_f64(), took.as_millis());
            match took > SLOW_DATABASE {
                true => degraded(seconds, format!("it is slow: it answered in {ms} ms")),
                false => well(seconds, format!("it answered in {ms} ms")),
            }
        }
    }
}

fn migrations(schema: &Known<Schema>) -> Finding {
    let own = env!("CARGO_PKG_VERSION");
    match schema {
        Err(why) => down(None, why),
        Ok(Schema::Own) => well(
            None,
            format!("schema and functions are those of tasker {own}"),
        ),
        Ok(Schema::Newer(newer)) => degraded(
            None,
            format!("the functions are those of tasker {newer}; upgrade this host, which is {own}"),
        ),
        Ok(Schema::TooNew(newer)) => down(
            None,
            format!(
                "the database was upgraded by tasker {newer}, for which this host, {own}, is too old"
            ),
        ),
        Ok(Schema::Other(other)) => degraded(
            None,
            format!(
                "the functions are those of another tasker {other}; restart this host, which is {own}"
            ),
        ),
        Ok(Schema::Missing) => down(
            None,
            "the database has no schema of tasker; restart this host",
        ),
    }
}

fn partitions(found: &Known<PartitionsRow>) -> Finding {
    match found {
        Err(why) => down(None, why),
        Ok(found) if found.next_is_missing => degraded(
            found.open as f64,
            "the one for the coming tasks is missing; no task can be created once the newest is over",
        ),
        Ok(found) => well(
            found.open as f64,
            format!("{} open, {} closed", found.open, found.closed),
        ),
    }
}

/// Of this host.
fn claims(found: &Found<'_>) -> Finding {
    match found.claims_fail {
        Some(why) => down(None, why),
        None if !found.runs_worker => well(None, "this host runs no worker"),
        None if found.is_draining => {
            degraded(None, "this host drains or stops: it claims no steps")
        }
        None => well(None, "this host claims steps"),
    }
}

/// What is known by looks at the database, of which all hosts have the same.
fn seen(found: &Found<'_>, assess: impl FnOnce(&Observation) -> Finding) -> Finding {
    match &found.observation {
        Err(why) => down(None, why),
        Ok(None) => well(None, "another host has its first look"),
        Ok(Some(seen)) => {
            let (state, value, why) = assess(seen);
            let age = (chrono::Utc::now() - seen.at).as_seconds_f64();
            match age > MAX_LOOK_AGE_S {
                true => (
                    state.max(Degraded),
                    value,
                    format!("{why}; nobody could look for {age:.0} s"),
                ),
                false => (state, value, why),
            }
        }
    }
}

fn hosts(seen: &Observation) -> Finding {
    let of = |state: &str| seen.hosts.get(state).copied().unwrap_or_default();
    let (alive, silent, draining) = (of("alive"), of("silent"), of("draining"));
    let due: u64 = seen.queue.iter().flatten().map(|queue| queue.due).sum();
    let why = format!("{alive} active, {draining} draining, {silent} silent");
    let value = alive as f64;
    match (alive, silent) {
        (0, _) if due > 0 => down(
            value,
            format!("{why}; no host claims the steps that are due"),
        ),
        (0, _) => degraded(value, format!("{why}; no host claims steps")),
        (_, 0) => well(value, why),
        (_, _) => degraded(value, why),
    }
}

fn queue(seen: &Observation) -> Finding {
    let all = seen.queue.iter().flatten();
    let claimed = all.filter(|queue| !queue.is_paused);
    let oldest = claimed
        .filter_map(|queue| queue.oldest_seconds)
        .reduce(f64::max);
    match oldest {
        None => well(
            None,
            "no step waits to be claimed, but for those of paused namespaces",
        ),
        Some(oldest) if oldest > MAX_QUEUE_WAIT_S => degraded(
            oldest,
            format!("the oldest ready step waits for {oldest:.0} s; see tasker queue ls"),
        ),
        Some(oldest) => well(
            oldest,
            format!("the oldest ready step waits for {oldest:.0} s"),
        ),
    }
}

fn feed(seen: &Observation, tail: Option<&FeedStatus>) -> Finding {
    let of_tail = tail.map_or(Duration::ZERO, FeedStatus::behind_for);
    let writer = seen.log_writer_seconds.unwrap_or_default();
    let lag = seen.log_lag_seconds.max(of_tail.as_secs_f64()).max(writer);
    if lag <= MAX_FEED_LAG_S {
        return well(lag, format!("events are {lag:.1} s behind"));
    }
    degraded(
        lag,
        match writer > MAX_FEED_LAG_S {
            true => format!("a transaction that has been open for {writer:.0} s holds events back"),
            false => format!("a transaction has held events back for {lag:.0} s"),
        },
    )
}

fn subscriptions(seen: &Observation) -> Finding {
    let all = seen.subscriptions.unwrap_or_default();
    let lag = all.lag_seconds.unwrap_or_default();
    let why = format!(
        "{} active, {} failing, the furthest behind by {lag:.0} s",
        all.active, all.failing
    );
    match all.failing > 0 || lag > MAX_SUBSCRIPTION_LAG_S {
        true => degraded(lag, format!("{why}; see tasker subscription ls")),
        false if all.active == 0 => well(None, "there are none that are active"),
        false => well(lag, why),
    }
}

fn statistics(seen: &Observation) -> Finding {
    let found = seen.statistics.unwrap_or_default();
    match found.behind_seconds {
        None if found.uncounted == 0 => well(
            None,
            "nothing has been counted yet, and there is nothing to count",
        ),
        None => well(
            None,
            "the log has not been counted yet; hosts with a worker count it",
        ),
        Some(behind) if behind > MAX_STATISTICS_LAG_S && found.uncounted > 0 => degraded(
            behind,
            format!("they are {behind:.0} s behind the log; hosts with a worker count it"),
        ),
        Some(behind) => well(behind, format!("they are {behind:.0} s behind the log")),
    }
}

fn compile_queue(code: &CodeHealth) -> Finding {
    let waiting = code.waiting as f64;
    match code.waiting_for {
        None => well(waiting, "no component waits to be compiled"),
        Some(since) => {
            let why = format!(
                "{waiting} wait to be compiled, the first for {} s",
                since.as_secs()
            );
            match since > MAX_COMPILE_WAIT {
                true => degraded(waiting, why),
                false => well(waiting, why),
            }
        }
    }
}

fn cache(code: &CodeHealth) -> Finding {
    let bytes = code.kept_bytes as f64;
    match code.kept {
        None => degraded(None, "the directory of compiled code cannot be read"),
        Some(_) if !code.is_written => degraded(
            bytes,
            "compiled code cannot be written, so that it is compiled anew after a restart",
        ),
        Some(files) => well(bytes, format!("{files} components are compiled")),
    }
}

fn pool(found: &Connections) -> Finding {
    let in_use = found.open.saturating_sub(found.idle);
    let why = format!(
        "{in_use} in use, {} open, {} at most",
        found.open, found.max
    );
    let value = f64::from(in_use);
    match (&found.refused, found.has_timeouts) {
        (Some(refused), _) => degraded(value, format!("{why}; PostgreSQL refused more: {refused}")),
        (None, true) => degraded(
            value,
            format!("{why}; somebody waited in vain in the last minute"),
        ),
        (None, false) => well(value, why),
    }
}

fn disk(free: Option<u64>) -> Finding {
    let Some(free) = free else {
        return degraded(
            None,
            "the file system of the data directory says nothing of its space",
        );
    };
    let why = format!("{} MiB are free in the data directory", free >> 20);
    match free {
        ..FULL_DISK_BYTES => down(free as f64, why),
        FULL_DISK_BYTES..LOW_DISK_BYTES => degraded(free as f64, why),
        LOW_DISK_BYTES.. => well(free as f64, why),
    }
}

fn replica(found: &ReplicaHealth) -> Finding {
    let lag = found.lag.map(|lag| lag.as_secs_f64());
    match &found.unusable {
        Some(why) => degraded(lag, format!("the primary answers in its place: {why}")),
        None => well(
            lag,
            format!("it is {:.1} s behind", lag.unwrap_or_default()),
        ),
    }
}

fn exports(signals: &[(&str, Option<Duration>)]) -> Finding {
    let failing = signals
        .iter()
        .filter_map(|(signal, failing)| Some((*signal, (*failing)?)));
    let names = |names: Vec<&str>| names.join(", ");
    match failing.clone().map(|(_, failing)| failing).max() {
        None => {
            let all = names(signals.iter().map(|(signal, _)| *signal).collect());
            well(None, format!("collectors take what is exported: {all}"))
        }
        Some(longest) => {
            let (seconds, failing) = (
                longest.as_secs_f64(),
                names(failing.map(|(signal, _)| signal).collect()),
            );
            let why = format!(
                "for {seconds:.0} s the collector does not take: {failing}; the host's log says why"
            );
            degraded(seconds, why)
        }
    }
}

#[cfg(test)]
mod tests;
