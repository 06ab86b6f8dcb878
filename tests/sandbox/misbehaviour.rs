//! What a guest does wrong ends as its own outcome, says what happened, and disturbs nobody.

use super::attempt::{Attempt, MAX_CONCURRENT, attempt, failure};
use super::guests;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tasker_domain::digest::Digest;
use tasker_domain::limits::Limits;
use tasker_domain::outcome::{Failure, FailureKind, Outcome, Retry};
use tasker_sandbox::{Compiler, Executed, HostServices, LogSource, Sandbox, SandboxConfig};

/// Handlers that run all the while beside the one that misbehaves.
const NEIGHBOURS: usize = 4;

/// Runs the attempt while others run, and checks that they all come out right.
async fn among_neighbours(attempt: Attempt) -> Executed {
    let over = AtomicBool::new(false);
    let neighbours =
        futures::future::join_all((0..NEIGHBOURS).map(|number| neighbour(number, &over)));
    let misbehaving = async {
        let executed = attempt.run().await;
        over.store(true, Ordering::Relaxed);
        executed
    };
    let (executed, runs) = tokio::join!(misbehaving, neighbours);
    assert!(
        runs.iter().all(|runs| *runs > 0),
        "every neighbour ran: {runs:?}"
    );
    executed
}

/// Runs a handler again and again until it is over, at least once.
async fn neighbour(number: usize, over: &AtomicBool) -> usize {
    let mut runs = 0;
    while runs == 0 || !over.load(Ordering::Relaxed) {
        let input = format!("{{\"neighbour\":{number},\"run\":{runs}}}");
        assert_eq!(attempt("echo").input(&input).result().await, input);
        runs += 1;
        tokio::task::yield_now().await;
    }
    runs
}

async fn failure_among_neighbours(attempt: Attempt) -> Failure {
    failure(among_neighbours(attempt).await)
}

fn assert_code(failure: &Failure, kind: FailureKind, code: &str) {
    assert_eq!(
        (failure.kind, failure.code.as_str()),
        (kind, code),
        "{failure:#?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_reported_with_its_message_and_where_it_happened() {
    let failure = failure_among_neighbours(attempt("trap")).await;
    assert_code(&failure, FailureKind::Trapped, "trapped");
    assert_eq!(failure.retry, Retry::Policy);
    assert!(
        failure.message.contains("the till is empty"),
        "{}",
        failure.message
    );
    assert!(
        failure.message.contains("src/lib.rs:"),
        "{}",
        failure.message
    );
    let innermost = failure.backtrace.first().expect("a trap has a backtrace");
    assert_eq!(
        innermost, "misbehaving::empty_till",
        "{:#?}",
        failure.backtrace
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_exits_gets_the_advice_to_return() {
    let failure = failure_among_neighbours(attempt("exits")).await;
    assert_code(&failure, FailureKind::Trapped, "exited");
    assert!(failure.message.contains("`exit`"), "{}", failure.message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_loop_ends_at_its_deadline_and_the_backtrace_shows_it() {
    let started = Instant::now();
    let failure = failure_among_neighbours(attempt("endless_loop").deadline_ms(100)).await;
    assert_code(&failure, FailureKind::TimedOut, "deadline_exceeded");
    assert!(failure.message.contains("computing"), "{}", failure.message);
    assert!(!failure.backtrace.is_empty());
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn an_endless_loop_gives_way_to_others_on_the_same_thread() {
    let failure = failure_among_neighbours(attempt("endless_loop").deadline_ms(100)).await;
    assert_code(&failure, FailureKind::TimedOut, "deadline_exceeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_waits_for_the_host_ends_at_its_deadline() {
    let failure = failure_among_neighbours(attempt("sleeps").deadline_ms(50)).await;
    assert_code(&failure, FailureKind::TimedOut, "deadline_exceeded");
    assert!(failure.message.contains("waiting"), "{}", failure.message);
    assert_eq!(failure.retry, Retry::Policy);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_memory_bomb_stops_at_its_limit() {
    let bomb = attempt("memory_bomb").limits(|limits| limits.memory_bytes = 16 << 20);
    let failure = failure_among_neighbours(bomb).await;
    assert_code(&failure, FailureKind::OverLimit, "memory_limit");
    assert!(
        failure.message.contains("limit is 16.0 MiB"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn a_handler_may_go_on_when_it_is_refused_memory() {
    assert_eq!(
        attempt("memory_refused").result().await,
        "\"went on with less\""
    );
}

#[tokio::test]
async fn a_component_that_starts_with_more_memory_than_its_limit_is_refused() {
    let failure = attempt("noop")
        .limits(|limits| limits.memory_bytes = 64 << 10)
        .failure()
        .await;
    assert_code(&failure, FailureKind::OverLimit, "memory_limit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_overflow_in_the_guests_own_stack_is_reported_as_such() {
    for (handler, function) in [
        ("stack_overflow", "deep_frames"),
        ("wide_recursion", "wide_frames"),
    ] {
        let failure = failure_among_neighbours(attempt(handler)).await;
        assert_code(&failure, FailureKind::Trapped, "stack_overflow");
        let innermost = &failure.backtrace[0];
        assert!(
            innermost.contains(function) && innermost.contains("times)"),
            "{:#?}",
            failure.backtrace
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_overflow_in_the_engines_stack_is_reported_as_such() {
    let failure = failure_among_neighbours(attempt("deep_recursion")).await;
    assert_code(&failure, FailureKind::Trapped, "stack_overflow");
    assert!(
        failure.backtrace[0].contains("deep_calls"),
        "{:#?}",
        failure.backtrace
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_oversized_result_is_refused_for_good() {
    let failure = failure_among_neighbours(attempt("oversized_result")).await;
    assert_code(&failure, FailureKind::OverLimit, "result_too_large");
    assert_eq!(failure.retry, Retry::Never);
    assert!(
        failure
            .message
            .contains("2097154 bytes where the limit is 1048576"),
        "{}",
        failure.message
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_log_lines_is_cut_and_the_handler_completes() {
    let executed = among_neighbours(attempt("log_flood")).await;
    assert_eq!(executed.outcome, Outcome::Completed("null".to_owned()));
    assert_log_is_cut(&executed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_on_stdout_is_cut_and_the_handler_completes() {
    let executed = among_neighbours(attempt("stdout_flood")).await;
    assert_eq!(executed.outcome, Outcome::Completed("null".to_owned()));
    assert_log_is_cut(&executed);
}

fn assert_log_is_cut(executed: &Executed) {
    let bytes: usize = executed.log.iter().map(|line| line.message.len()).sum();
    assert!(bytes <= (64 << 10) + 200, "{bytes} bytes");
    let note = executed.log.last().expect("there is a note");
    assert_eq!(note.source, LogSource::Host);
    assert!(
        note.message.contains("limited to 65536 bytes"),
        "{}",
        note.message
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_calls_to_the_host_is_ended() {
    let flood = attempt("host_call_flood").limits(|limits| limits.host_calls = 1_000);
    let failure = failure_among_neighbours(flood).await;
    assert_code(&failure, FailureKind::OverLimit, "host_call_limit");
    assert!(
        failure.message.contains("more than 1000 times"),
        "{}",
        failure.message
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_attempts_than_slots_wait() {
    let attempts = (0..4 * MAX_CONCURRENT).map(|_| attempt("noop").result());
    let results = futures::future::join_all(attempts).await;
    assert!(results.iter().all(|result| result == "null"));
}

#[tokio::test]
async fn dropping_the_future_ends_the_guest_and_frees_its_place() {
    for _ in 0..2 * MAX_CONCURRENT {
        let endless = attempt("sleeps").run();
        assert!(
            tokio::time::timeout(Duration::from_millis(1), endless)
                .await
                .is_err()
        );
    }
    assert_eq!(attempt("noop").result().await, "null");
}

#[tokio::test]
async fn where_there_is_no_room_for_a_pool_instances_are_made_on_demand() {
    let dir = tempfile::tempdir().unwrap();
    let config = SandboxConfig {
        cache_dir: dir.path().to_owned(),
        max_concurrent: 16_384,
        compiler: Compiler::InProcess,
    };
    let roomy = Sandbox::new(config).unwrap();
    let load = async || Ok::<_, std::convert::Infallible>(guests::misbehaving().to_vec());
    let prepared = roomy
        .prepare(Digest::of(guests::misbehaving()), load)
        .await
        .unwrap();
    let executed = roomy
        .execute(
            &prepared,
            attempt("noop").invocation(),
            HostServices::default(),
        )
        .await;
    assert_eq!(executed.outcome, Outcome::Completed("null".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_takes_too_much_processor_time_is_ended_before_its_deadline() {
    let busy = attempt("endless_loop").limits(|limits| limits.cpu = Duration::from_millis(50));
    let executed = among_neighbours(busy).await;
    assert!(
        executed.usage.cpu >= Duration::from_millis(50),
        "{executed:?}"
    );
    assert!(
        executed.usage.wall < Limits::default().deadline,
        "{executed:?}"
    );
    assert_code(&failure(executed), FailureKind::OverLimit, "cpu_limit");
}

#[tokio::test]
async fn a_handler_that_waits_takes_no_processor_time() {
    let executed = attempt("sleeps").deadline_ms(100).run().await;
    let usage = executed.usage;
    assert!(usage.wall >= Duration::from_millis(100), "{usage:?}");
    assert!(usage.cpu < Duration::from_millis(50), "{usage:?}");
}

#[tokio::test]
async fn the_time_in_calls_to_the_host_is_reported() {
    let usage = attempt("host_call_flood").run().await.usage;
    assert!(
        usage.host > Duration::ZERO && usage.host < usage.wall,
        "{usage:?}"
    );
}
