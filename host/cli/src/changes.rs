//! What is different between versions, as a changelog.

use super::Tone;
use super::units::joined;
use tasker_domain::compatibility::{CompatChange, CompatReport, Diff, Level};
use tasker_domain::sanitize::sanitize_line;

/// Changes that are printed behind an upload; a diff prints all.
const MAX_SHOWN: usize = 12;

/// The compat report of an upload: `since 1.0.0: minor` and the changes, each on a line.
pub fn since(report: &CompatReport) -> String {
    let lines = lines(&report.changes).into_iter().take(MAX_SHOWN);
    let more = report.changes.len().saturating_sub(MAX_SHOWN);
    let more = (more > 0).then(|| format!("and {more} more"));
    let lines = lines.chain(more).map(|line| format!("\n    {line}"));
    format!("\n  {}{}", head(report), lines.collect::<String>())
}

/// The compat report as a part of what is shown of a version.
pub fn block(report: &CompatReport) -> String {
    let lines = lines(&report.changes).into_iter();
    let lines = lines.map(|line| format!("  {line}"));
    joined([head(report)].into_iter().chain(lines), "\n")
}

/// A whole diff; `to` is what it was compared with.
pub fn diff(diff: &Diff, name: &str, to: &str) -> String {
    let (report, lowest) = (&diff.compat_report, &diff.lowest_version);
    let head = format!("{name} {} → {to}: {}", diff.from, level(report.level));
    if report.changes.is_empty() {
        return format!("{head}, nothing is different");
    }
    let lines = lines(&report.changes).into_iter();
    let lines: String = lines.map(|line| format!("\n  {line}")).collect();
    format!("{head}, at least {lowest}{lines}")
}

/// The level in its colour.
pub fn level(level: Level) -> String {
    let tone = match level {
        Level::Major => Tone::Bad,
        Level::Minor => Tone::Caution,
        Level::Patch => Tone::Quiet,
    };
    tone.of(level.into_str())
}

fn head(report: &CompatReport) -> String {
    format!("since {}: {}", report.against, level(report.level))
}

/// `level  path  what`, aligned.
fn lines(changes: &[CompatChange]) -> Vec<String> {
    let widths = changes.iter().map(|change| change.path.chars().count());
    let width = widths.max().unwrap_or(0);
    let line = |change: &CompatChange| {
        let (path, what) = (sanitize_line(&change.path), sanitize_line(&change.what));
        format!("{}  {path:width$}  {what}", level(change.level))
    };
    changes.iter().map(line).collect()
}
