use crate::pin::Pinned;
use crate::table::table;
use crate::{Context, Result, units};
use tasker_domain::guard::Guard;
use tasker_wire::pin::{RolloutFigures, ShowPin, ShowRolloutFigures, SideFigures};

/// A line a figure: both sides beside each other, and how much worse the new one may be.
pub(super) async fn run(pinned: &Pinned, context: &Context) -> Result {
    let figures = context.ask(pinned.endpoint(ShowRolloutFigures::at)).await?;
    let pin = context.ask(pinned.endpoint(ShowPin::at)).await?;
    let guard = pin.value.rollout.and_then(|rollout| rollout.guard);
    let reply = context.show(&figures, |figures| text(figures, guard.as_ref()));
    Ok(reply.next([format!("tasker rollout history {}", pinned.arguments())]))
}

fn text(figures: &RolloutFigures, guard: Option<&Guard>) -> String {
    let row = |name: &str, of: fn(&SideFigures) -> String, allows: fn(&Guard) -> String| {
        let (base, rollout) = (of(&figures.base), of(&figures.rollout));
        let allows = guard.map(allows).unwrap_or_default();
        [name.to_owned(), base, rollout, allows]
    };
    let rows = vec![
        row(
            "attempts",
            |it| it.attempts.to_string(),
            |guard| format!("counts from {}", guard.min_attempts),
        ),
        row(
            "failed",
            |it| percent(it.failed_percent),
            |guard| points(guard.max_error_rate),
        ),
        row(
            "trapped or over a limit",
            |it| percent(it.trapped_percent),
            |guard| points(guard.max_trap_rate),
        ),
        row(
            "p95 of time",
            |it| millis(it.wall_ms),
            |guard| times(guard.max_p95_ratio),
        ),
        row(
            "p95 of processor time",
            |it| millis(it.cpu_ms),
            |guard| times(guard.max_cpu_ratio),
        ),
        row(
            "p95 of memory",
            |it| kib(it.memory_kib),
            |guard| times(guard.max_memory_ratio),
        ),
    ];
    let allows = match guard {
        Some(_) => "guard allows",
        None => "no guard",
    };
    table(["figure", "without it", "rollout", allows], rows, "")
}

fn percent(percent: Option<f64>) -> String {
    percent.map_or_else(String::new, |it| format!("{} %", hundredths(it)))
}

fn millis(ms: Option<f64>) -> String {
    ms.map(units::millis).unwrap_or_default()
}

fn kib(kib: Option<f64>) -> String {
    kib.map(|it| units::size((it * 1_024.0) as u64))
        .unwrap_or_default()
}

fn points(rate: f64) -> String {
    format!("{} more", units::count(hundredths(rate * 100.0), "point"))
}

fn times(ratio: f64) -> String {
    format!("{ratio} times as much")
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
