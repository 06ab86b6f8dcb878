//! Where the time of a task went: a bar for each step, on one common scale.

use super::step::{attempts, took};
use crate::{Tone, units};
use chrono::{DateTime, TimeDelta, Utc};
use std::cmp::Reverse;
use tasker_wire::step::Step;
use tasker_wire::task::Task;

/// The width of the scale, in characters.
const SCALE_CHARS: usize = 40;
/// The most steps with a bar; of more, the longest.
const MAX_BARS: usize = 20;
/// The widest column of names, in characters.
const MAX_NAME_CHARS: usize = 30;

/// The lines, or nothing where no step has begun.
pub fn timeline(task: &Task, now: DateTime<Utc>) -> Vec<String> {
    let begun = task.steps.iter().filter_map(|step| Bar::of(step, now));
    let mut begun: Vec<_> = begun.collect();
    begun.sort_by_key(|bar| Reverse(bar.took));
    let rest = begun.split_off(begun.len().min(MAX_BARS));
    begun.sort_by_key(|bar| bar.started_at);
    let scale = Scale {
        from: task.created_at,
        length: units::between(task.created_at, task.finished_at.unwrap_or(now)),
    };
    let width = begun.iter().map(|bar| bar.step.name.len()).max();
    let width = width.unwrap_or(0).min(MAX_NAME_CHARS);
    let lines = begun.iter().map(|bar| bar.line(&scale, width));
    lines.chain(rest_line(&rest)).collect()
}

struct Bar<'a> {
    step: &'a Step,
    started_at: DateTime<Utc>,
    took: TimeDelta,
}

struct Scale {
    from: DateTime<Utc>,
    length: TimeDelta,
}

impl Scale {
    /// Where a moment stands, from 0 to [`SCALE_CHARS`].
    fn place(&self, after: TimeDelta) -> usize {
        let (after, length) = (microseconds(after), microseconds(self.length));
        let place = after.clamp(0, length) * SCALE_CHARS as i128 / length.max(1);
        usize::try_from(place).unwrap_or(SCALE_CHARS)
    }
}

fn microseconds(span: TimeDelta) -> i128 {
    span.num_microseconds().unwrap_or(i64::MAX).into()
}

impl<'a> Bar<'a> {
    fn of(step: &'a Step, now: DateTime<Utc>) -> Option<Self> {
        Some(Self {
            step,
            started_at: step.started_at?,
            took: took(step, now)?,
        })
    }

    fn line(&self, scale: &Scale, width: usize) -> String {
        let start = units::between(scale.from, self.started_at);
        let before = scale.place(start).min(SCALE_CHARS - 1);
        let long = scale.place(start + self.took).saturating_sub(before).max(1);
        let after = SCALE_CHARS - before - long;
        let bar = Tone::Active.of("█".repeat(long));
        let scale = format!("{}{bar}{}", " ".repeat(before), " ".repeat(after));
        let name = units::elide(&self.step.name, width);
        let took = units::span(self.took);
        format!("{name:<width$} ▕{scale}▏ {took:>9}{}", tried(self.step))
    }
}

/// Only where it was more than once.
fn tried(step: &Step) -> String {
    match step.attempts {
        0 | 1 => String::new(),
        _ => format!("  attempt {}", attempts(step)),
    }
}

fn rest_line(rest: &[Bar<'_>]) -> Option<String> {
    let longest = units::span(rest.first()?.took);
    let others = units::count(rest.len(), "other step");
    Some(Tone::Quiet.of(format_args!("… and {others}, none over {longest}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::plain;
    use crate::samples;

    #[test]
    fn bars_stand_where_the_steps_ran() {
        let steps = [
            r#"{"name":"first","state":"complete","attempts":1,
                "started_at":"2026-01-01T00:00:00Z","finished_at":"2026-01-01T00:00:01Z"}"#,
            r#"{"name":"second","state":"complete","attempts":2,"max_attempts":3,
                "started_at":"2026-01-01T00:00:01Z","finished_at":"2026-01-01T00:00:04Z"}"#,
            r#"{"name":"never","state":"skipped"}"#,
        ];
        let finished = r#"{"state":"complete","finished_at":"2026-01-01T00:00:04Z"}"#;
        let task = samples::task(finished, steps.map(samples::step).to_vec());
        let lines = timeline(&task, Utc::now());
        let lines: Vec<_> = lines.iter().map(|line| plain(line)).collect();
        let (tenth, thirty) = ("█".repeat(10), "█".repeat(30));
        assert_eq!(
            lines[0],
            format!("first  ▕{tenth}{}▏    1.00 s", " ".repeat(30))
        );
        assert_eq!(
            lines[1],
            format!("second ▕{}{thirty}▏    3.00 s  attempt 2/3", " ".repeat(10))
        );
        assert_eq!(lines.len(), 2);
    }
}
