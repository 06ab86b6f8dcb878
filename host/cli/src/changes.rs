//! What is different between versions, as a changelog.

use super::output::Output;
use super::paint::Tone;
use tasker_domain::compatibility::{CompatChange, CompatReport, Diff, Level};
use tasker_domain::sanitize::sanitize_line;

/// Changes that are printed behind an upload; a diff prints all.
const MAX_SHOWN: usize = 12;

/// The compat report of an upload: `since 1.0.0: minor` and the changes, each on a line.
pub fn since(report: &CompatReport, output: Output) -> String {
    let level = level(report.level, output);
    let head = format!("\n  since {}: {level}", report.against);
    let lines = lines(&report.changes, output).into_iter();
    let shown: String = lines
        .take(MAX_SHOWN)
        .map(|line| format!("\n    {line}"))
        .collect();
    match report.changes.len().saturating_sub(MAX_SHOWN) {
        0 => head + &shown,
        more => format!("{head}{shown}\n    and {more} more"),
    }
}

/// The compat report as a part of what is shown of a version.
pub fn block(report: &CompatReport, output: Output) -> String {
    let mut text = format!("since {}: {}", report.against, level(report.level, output));
    for line in lines(&report.changes, output) {
        text += &format!("\n  {line}");
    }
    text
}

/// A whole diff; `to` is what it was compared with.
pub fn diff(diff: &Diff, name: &str, to: &str, output: Output) -> String {
    let Diff {
        from,
        compat_report: report,
        lowest_version,
        ..
    } = diff;
    let head = format!("{name} {from} → {to}: {}", level(report.level, output));
    let lines: String = lines(&report.changes, output)
        .iter()
        .map(|line| format!("\n  {line}"))
        .collect();
    match report.changes.is_empty() {
        true => format!("{head}, nothing is different"),
        false => format!("{head}, at least {lowest_version}{lines}"),
    }
}

/// The level in its colour.
pub fn level(level: Level, output: Output) -> String {
    output.paint.tone(tone(level), level.into_str())
}

fn tone(level: Level) -> Tone {
    match level {
        Level::Major => Tone::Bad,
        Level::Minor => Tone::Caution,
        Level::Patch => Tone::Quiet,
    }
}

/// `level  path  what`, aligned.
fn lines(changes: &[CompatChange], output: Output) -> Vec<String> {
    let width = changes
        .iter()
        .map(|change| change.path.chars().count())
        .max();
    let width = width.unwrap_or(0);
    let line = |change: &CompatChange| {
        let level = output
            .paint
            .tone(tone(change.level), change.level.into_str());
        let (path, what) = (sanitize_line(&change.path), sanitize_line(&change.what));
        format!("{level}  {path:width$}  {what}")
    };
    changes.iter().map(line).collect()
}
