//! One picture of a running task: a line for the task, a line a step, as many as fit.

use super::step::{attempts, note, took};
use crate::{Painted as _, Tone, units};
use chrono::{DateTime, Utc};
use tasker_domain::state::StepState;
use tasker_wire::step::Step;
use tasker_wire::task::Task;

/// The widest column of names, in characters.
const MAX_NAME_CHARS: usize = 30;
/// What state, time and the space between need, in characters.
const FIXED_CHARS: usize = 39;
/// What attempts need at least, in characters.
const MIN_ATTEMPTS_CHARS: usize = 5;

/// The room on a terminal, in characters.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub columns: usize,
    pub rows: usize,
}

impl Size {
    /// The terminal's size, or 80 × 24 where it does not tell.
    pub fn of_terminal() -> Self {
        let size = rustix::termios::tcgetwinsize(std::io::stderr());
        let size = size.map(|size| (size.ws_col, size.ws_row));
        let (columns, rows) = match size {
            Ok((columns, rows)) if columns > 0 && rows > 0 => (columns.into(), rows.into()),
            Ok(_) | Err(_) => (80, 24),
        };
        Self { columns, rows }
    }
}

/// The picture, without a line end at its end.
pub fn frame(task: &Task, now: DateTime<Utc>, size: Size) -> String {
    // The head, the line about the rest, and one to spare for the cursor.
    let room = size.rows.saturating_sub(3).max(1);
    let shown = most_telling(&task.steps, room);
    let hidden = all_steps(task).saturating_sub(shown.len());
    let head = std::iter::once(head(task, now));
    let widths = Widths::of(task, &shown, size.columns);
    let lines = shown.iter().map(|step| line(step, now, widths));
    let others = units::count(hidden, "other step");
    let rest = (hidden > 0).then(|| Tone::Quiet.of(format_args!("  … and {others}")));
    units::joined(head.chain(lines).chain(rest), "\n")
}

/// The room for what differs in width, in characters.
#[derive(Clone, Copy)]
struct Widths {
    name: usize,
    attempts: usize,
    note: usize,
}

impl Widths {
    fn of(task: &Task, shown: &[&Step], columns: usize) -> Self {
        let names = task.steps.iter().map(|step| step.name.len());
        let name = names.max().unwrap_or(0).min(MAX_NAME_CHARS);
        let attempts = shown.iter().map(|step| attempts(step).len());
        let attempts = attempts.max().unwrap_or(0).max(MIN_ATTEMPTS_CHARS);
        Self {
            name,
            attempts,
            note: columns
                .saturating_sub(name + attempts + FIXED_CHARS)
                .max(10),
        }
    }
}

fn head(task: &Task, now: DateTime<Utc>) -> String {
    let done = task.step_counts.get(&StepState::Complete);
    let done = done.copied().unwrap_or_default();
    let until = task.finished_at.unwrap_or(now);
    let passed = units::span(units::between(task.created_at, until));
    let release = Tone::Strong.of(task.release());
    let (glyph, state) = (task.state.glyph(), task.state.word());
    let steps = units::count(all_steps(task), "step");
    format!("{glyph} {release}  {state}  {done} of {steps}  {passed}")
}

/// How many steps it has; not all need be here.
fn all_steps(task: &Task) -> usize {
    task.step_counts.values().sum::<u64>() as usize
}

/// The steps that fit, in their order: those in motion before those done before those not begun.
fn most_telling(steps: &[Step], room: usize) -> Vec<&Step> {
    let mut places: Vec<usize> = (0..steps.len()).collect();
    places.sort_by_key(|place| urgency(steps[*place].state));
    places.truncate(room);
    places.sort_unstable();
    places.into_iter().map(|place| &steps[place]).collect()
}

fn urgency(state: StepState) -> u8 {
    match state {
        StepState::Running | StepState::WaitingForRetry | StepState::WaitingForEvent => 0,
        StepState::Error | StepState::Cancelled => 1,
        StepState::Ready => 2,
        StepState::Waiting => 3,
        StepState::Complete | StepState::Skipped | StepState::ResolvedManually => 4,
    }
}

fn line(step: &Step, now: DateTime<Utc>, widths: Widths) -> String {
    let (name_width, attempts_width) = (widths.name, widths.attempts);
    let name = units::elide(&step.name, name_width);
    let (glyph, tone) = step.state.look();
    // Padded before it is coloured: colour has no width.
    let state = tone.of(format_args!("{:<17}", step.state));
    let (glyph, attempts) = (tone.of(glyph), attempts(step));
    let took = took(step, now).map(units::span).unwrap_or_default();
    let note = Tone::Quiet.of(units::elide(&note(step, now), widths.note));
    format!(
        "  {glyph} {name:<name_width$}  {state}  {attempts:>attempts_width$}  {took:>9}  {note}"
    )
    .trim_end()
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::plain;
    use crate::samples;

    fn task(steps: &[&str]) -> Task {
        samples::task("{}", steps.iter().map(|it| samples::step(it)).collect())
    }

    fn drawn(task: &Task, rows: usize) -> Vec<String> {
        let now = "2026-01-01T00:00:02Z".parse().unwrap();
        let text = plain(&frame(task, now, Size { columns: 80, rows }));
        text.lines().map(str::to_owned).collect()
    }

    const VALIDATE: &str = r#"{"name":"validate","state":"complete","attempts":1,"max_attempts":1,
        "started_at":"2026-01-01T00:00:00Z","finished_at":"2026-01-01T00:00:00.012Z"}"#;
    const CHARGE: &str = r#"{"name":"charge","state":"running","attempts":2,"max_attempts":5,
        "started_at":"2026-01-01T00:00:00.800Z"}"#;
    const SHIP: &str = r#"{"name":"ship","state":"waiting","attempts":0,"max_attempts":1,"depends_on":["charge"]}"#;

    #[test]
    fn every_step_has_its_line() {
        let lines = drawn(&task(&[VALIDATE, CHARGE, SHIP]), 24);
        assert_eq!(
            lines[0],
            "● orders/fulfil@1.2.0  in_progress  1 of 3 steps  2.00 s"
        );
        assert_eq!(
            lines[1],
            "  ✔ validate  complete             1/1      12 ms"
        );
        assert_eq!(
            lines[2],
            "  ● charge    running              2/5     1.20 s"
        );
        assert_eq!(
            lines[3],
            "  · ship      waiting                              after charge"
        );
    }

    #[test]
    fn a_step_that_was_given_back_says_how_often_it_ran() {
        let given_back = r#"{"name":"ship","state":"ready","attempts":4,"counted_attempts":1,
            "max_attempts":3,"reason":"parcels/ship@1.0.0 is quarantined; release it, or migrate or cancel the task"}"#;
        let lines = drawn(&task(&[VALIDATE, given_back]), 24);
        assert_eq!(
            lines[1],
            "  ✔ validate  complete                   1/1      12 ms"
        );
        assert_eq!(
            lines[2],
            "  ○ ship      ready              1/3, 4 runs             parcels/ship@1.0.0 is…"
        );
        assert!(lines.iter().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn where_there_is_no_room_the_steps_in_motion_stay() {
        let lines = drawn(&task(&[VALIDATE, CHARGE, SHIP]), 4);
        assert_eq!(lines.len(), 3);
        assert!(lines[1].contains("charge"));
        assert_eq!(lines[2], "  … and 2 other steps");
    }
}
