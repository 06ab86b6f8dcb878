//! Every metric that a host gives.

use super::metric::Kind::{Counter, Gauge, Histogram};
use super::metric::Origin::{Database, Host};
use super::metric::Unit::{Bytes, Seconds};
use super::metric::{Kind, Metric, Origin, Unit};

/// Namespaces that have values of their own; those beyond share the label `_other`.
pub const MAX_NAMESPACES: usize = 100;

/// Of attempts and calls: from 1 ms to 5 minutes.
const SHORT: Kind = Histogram(&[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 300.0,
]);
/// Of tasks, and of what waits: the same as in tasker.count_transitions.
const LONG: Kind = Histogram(&[
    0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0, 21600.0, 86400.0,
]);
/// From 256 KiB to 1 GiB.
const SIZES: Kind = Histogram(&[
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
    268_435_456.0,
    1_073_741_824.0,
]);

/// Declares metrics and lists them.
macro_rules! metrics {
    ($($constant:ident = $name:literal, $kind:expr, $unit:expr, $origin:expr, [$($label:literal),*], $help:literal;)*) => {
        $(
            #[doc = $help]
            pub const $constant: Metric = Metric {
                name: $name,
                kind: $kind,
                unit: $unit,
                labels: &[$($label),*],
                origin: $origin,
                help: $help,
            };
        )*

        /// All of them, in the order in which they are given.
        pub const METRICS: &[&Metric] = &[$(&$constant),*];
    };
}

const NO_UNIT: Option<Unit> = None;
const OF_HOST: Origin = Host;
const OF_DATABASE: Origin = Database;

metrics! {
    BUILD = "tasker_build", Gauge, NO_UNIT, OF_HOST, ["version"], "1, with the version of the host.";
    DRAINING = "tasker_host_draining", Gauge, NO_UNIT, OF_HOST, [], "1 if the host claims nothing, since it drains or stops.";
    DATABASE_UP = "tasker_database_up", Gauge, NO_UNIT, OF_HOST, [], "1 if the database answered the host for these metrics; with 0, those about the database are missing.";

    ATTEMPTS = "tasker_attempts_total", Counter, NO_UNIT, OF_HOST, ["namespace", "outcome"], "Attempts that ended, by outcome: complete, checkpoint, failed, trapped, timed_out, over_limit, host, quarantined, given_back.";
    ATTEMPT_DURATION = "tasker_attempt_duration_seconds", SHORT, Some(Seconds), OF_HOST, ["namespace"], "From the start of an attempt's instance to its end.";
    ATTEMPT_CPU = "tasker_attempt_cpu_seconds", SHORT, Some(Seconds), OF_HOST, [], "Processor time of an attempt, in the guest and in what it had the host do.";
    ATTEMPT_MEMORY = "tasker_attempt_memory_bytes", SIZES, Some(Bytes), OF_HOST, [], "The most memory that an attempt held.";
    CLAIM_DELAY = "tasker_claim_delay_seconds", LONG, Some(Seconds), OF_HOST, [], "From the time at which a step was due to its claim; a step that is claimed as it is released has none and is not counted.";
    CLAIM_DURATION = "tasker_claim_seconds_total", Counter, Some(Seconds), OF_HOST, [], "Time of claims, from the call to the answer.";
    ATTEMPTS_RUNNING = "tasker_attempts_running", Gauge, NO_UNIT, OF_HOST, [], "Attempts under way.";
    SLOTS = "tasker_slots", Gauge, NO_UNIT, OF_HOST, [], "Attempts that the host may have under way; 0 if it runs no worker.";
    CLAIMS_FAILING = "tasker_claims_failing", Gauge, NO_UNIT, OF_HOST, [], "Claims in a row that failed.";

    RECORDINGS_DROPPED = "tasker_recordings_dropped_bytes_total", Counter, Some(Bytes), OF_HOST, ["reason"], "Recordings of attempts that were dropped: lost, since they came faster than they were stored; refused, since all together take as much as they may; removed, the oldest, to make room.";

    CODE_LOOKUPS = "tasker_code_lookups_total", Counter, NO_UNIT, OF_HOST, ["found"], "Lookups of a component's compiled code: in memory, on disk, or not at all (none), so that it is compiled.";
    COMPILE_DURATION = "tasker_compile_duration_seconds", SHORT, Some(Seconds), OF_HOST, [], "Time for compiling one component, without waiting.";
    COMPILE_FAILURES = "tasker_compile_failures_total", Counter, NO_UNIT, OF_HOST, [], "Components that could not be compiled, refused uploads included.";
    COMPILE_WAITING = "tasker_compile_waiting", Gauge, NO_UNIT, OF_HOST, [], "Components that wait to be compiled.";
    CODE_BYTES = "tasker_code_bytes", Gauge, Some(Bytes), OF_HOST, [], "Compiled code on disk.";

    CONNECTIONS = "tasker_database_connections", Gauge, NO_UNIT, OF_HOST, ["use", "state"], "Open connections to the database, by use and state: in_use or idle.";
    CONNECTIONS_MAX = "tasker_database_connections_max", Gauge, NO_UNIT, OF_HOST, ["use"], "Connections that the use may open.";
    CONNECTION_WAITS = "tasker_database_connection_waits_total", Counter, NO_UNIT, OF_HOST, ["use"], "Calls for which no connection was free at once.";
    CONNECTION_TIMEOUTS = "tasker_database_connection_timeouts_total", Counter, NO_UNIT, OF_HOST, ["use"], "Calls that got no connection in time.";
    CALL_DURATION = "tasker_database_call_duration_seconds", SHORT, Some(Seconds), OF_HOST, ["function"], "Time of calls to the database by SQL function, with the wait for a connection; statements without one are _other.";
    CALL_FAILURES = "tasker_database_call_failures_total", Counter, NO_UNIT, OF_HOST, ["function"], "Calls to the database that failed, by SQL function.";

    REQUESTS = "tasker_http_requests_total", Counter, NO_UNIT, OF_HOST, ["method", "route", "status"], "Requests to the API that were answered.";
    REQUEST_DURATION = "tasker_http_request_duration_seconds", SHORT, Some(Seconds), OF_HOST, ["method", "route"], "Time of requests to the API, until the answer begins.";
    STREAMS = "tasker_event_streams", Gauge, NO_UNIT, OF_HOST, [], "Streams of events that are open.";

    SPANS = "tasker_spans_total", Counter, NO_UNIT, OF_HOST, ["outcome"], "Spans of traces: exported, or dropped since no collector took them.";
    SPAN_EXPORT_FAILURES = "tasker_span_export_failures_total", Counter, NO_UNIT, OF_HOST, [], "Calls to the collector of traces that failed.";

    LOG_RECORDS = "tasker_log_records_total", Counter, NO_UNIT, OF_HOST, ["outcome"], "Lines of the host's log that go over OTLP: exported, or dropped since no collector took them.";
    LOG_EXPORT_FAILURES = "tasker_log_export_failures_total", Counter, NO_UNIT, OF_HOST, [], "Calls to the collector of logs that failed.";
    METRIC_POINTS = "tasker_metric_points_total", Counter, NO_UNIT, OF_HOST, ["outcome"], "Values of metrics that go over OTLP: exported, or dropped since no collector took them.";
    METRIC_EXPORT_FAILURES = "tasker_metric_export_failures_total", Counter, NO_UNIT, OF_HOST, [], "Calls to the collector of metrics that failed.";

    PROCESS_CPU = "process_cpu_seconds_total", Counter, Some(Seconds), OF_HOST, [], "Processor time of the host's process.";
    PROCESS_MEMORY = "process_resident_memory_bytes", Gauge, Some(Bytes), OF_HOST, [], "Memory of the host's process.";
    PROCESS_FDS = "process_open_fds", Gauge, NO_UNIT, OF_HOST, [], "Open files of the host's process.";
    PROCESS_MAX_FDS = "process_max_fds", Gauge, NO_UNIT, OF_HOST, [], "Files that the host's process may open.";
    PROCESS_START = "process_start_time_seconds", Gauge, Some(Seconds), OF_HOST, [], "When the host's process started, in seconds since 1970.";

    TASK_TRANSITIONS = "tasker_task_transitions_total", Counter, NO_UNIT, OF_DATABASE, ["state"], "Changes of tasks to a state; pending counts those that were created.";
    STEP_TRANSITIONS = "tasker_step_transitions_total", Counter, NO_UNIT, OF_DATABASE, ["state"], "Changes of steps to a state; waiting_for_retry counts retries.";
    TASK_DURATION = "tasker_task_duration_seconds", LONG, Some(Seconds), OF_DATABASE, ["state"], "From the creation of a task to its end, by final state.";
    OPEN_TASKS = "tasker_open_tasks", Gauge, NO_UNIT, OF_DATABASE, ["state"], "Tasks that have not ended; 10,000 are counted at most.";
    QUEUE_DUE = "tasker_queue_due_steps", Gauge, NO_UNIT, OF_DATABASE, ["namespace"], "Steps in the queue that are due; of all namespaces together, 50,000 are counted at most, the same share of each.";
    QUEUE_DELAYED = "tasker_queue_delayed_steps", Gauge, NO_UNIT, OF_DATABASE, ["namespace"], "Steps in the queue that are due later, counted together with those that are due.";
    QUEUE_OLDEST = "tasker_queue_oldest_seconds", Gauge, Some(Seconds), OF_DATABASE, ["namespace"], "For how long the oldest step that is due has been.";
    SUSPENDED = "tasker_suspended_steps", Gauge, NO_UNIT, OF_DATABASE, [], "Steps that wait, since their code is quarantined; 10,000 are counted at most.";
    HOSTS = "tasker_hosts", Gauge, NO_UNIT, OF_DATABASE, ["state"], "Hosts that run a worker: alive, draining, or silent for 30 s.";
    ROLLOUTS = "tasker_rollouts", Gauge, NO_UNIT, OF_DATABASE, ["state"], "Rollouts under way: running, or paused by an operator or a guard.";
    GUARD_ACTIONS = "tasker_rollout_guard_actions_total", Counter, NO_UNIT, OF_DATABASE, ["action"], "Rollouts that a guard paused or rolled back.";
    LOG_POSITION = "tasker_log_position", Gauge, NO_UNIT, OF_DATABASE, [], "The number up to which log and audit are complete, so that the feed may send it.";
    LOG_LAG = "tasker_log_lag_seconds", Gauge, Some(Seconds), OF_DATABASE, [], "For how long a transaction has kept the feed from going on, at the least.";
    LOG_UNCOUNTED = "tasker_log_uncounted", Gauge, NO_UNIT, OF_DATABASE, [], "Numbers of the log that are not part of the counts of transitions yet.";
    RECORDING_BYTES = "tasker_recordings_bytes", Gauge, Some(Bytes), OF_DATABASE, [], "What all recordings of attempts take, compressed.";
    OBSERVED = "tasker_observed_age_seconds", Gauge, Some(Seconds), OF_DATABASE, [], "How old the values about the database are.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_prometheus() {
        for metric in METRICS {
            let name = metric.name;
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            assert!(name.bytes().all(is_plain), "{name}");
            assert_eq!(name.ends_with("_total"), metric.kind == Counter, "{name}");
            if let Some(unit) = metric.unit {
                let stem = name.strip_suffix("_total").unwrap_or(name);
                assert!(stem.ends_with(unit.name()), "{name}");
            }
            assert!(metric.help.ends_with('.'), "{name}");
            assert!(metric.kind.bounds().is_sorted(), "{name}");
            let same = METRICS.iter().filter(|other| other.name == name);
            assert_eq!(same.count(), 1, "{name}");
        }
    }

    #[test]
    fn durations_of_tasks_are_counted_in_the_same_buckets_by_the_database() {
        let sql = include_str!("../../../migrations/functions/78_count_transitions.sql");
        let (_, rest) = sql.split_once("'{").unwrap();
        let (bounds, _) = rest.split_once("}'").unwrap();
        let bounds: Vec<f64> = bounds
            .split(',')
            .map(|it| it.trim().parse().unwrap())
            .collect();
        assert_eq!(bounds, TASK_DURATION.kind.bounds());
    }
}
