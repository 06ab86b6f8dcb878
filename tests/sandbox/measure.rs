//! The figures that the benchmark reports of the sandbox; printed with `--nocapture`.

use super::attempt::{attempt, prepared, sandbox};
use super::guests;

/// Calls that are timed.
const CALLS: usize = 2_000;

#[tokio::test]
async fn a_call_is_measured_by_its_median_and_its_tail() {
    let prepared = prepared(guests::misbehaving()).await;
    let times = sandbox()
        .measure_call(&prepared, attempt("noop").invocation(), CALLS)
        .await;
    println!("a call of a no-op handler takes {times:?}");
    assert!(
        0.0 < times.p50_us && times.p50_us <= times.p99_us,
        "{times:?}"
    );
}
