//! What a change would do to new tasks, as text.

use crate::{Exit, Problem, Result, Tone, bad, changes, good, table, units};
use semver::Version;
use tasker_domain::impact::{Impact, ImpactReport};
use tasker_domain::plan::{Numbered, OpenTasks};
use tasker_domain::resolve::{Availability, Ineligible};

/// Lines of a table that are printed; `--output json` has all.
const MAX_ROWS: usize = 20;

/// The first line: what is planned, and how it stands now.
pub fn head(subject: &str, status: Option<Availability>) -> String {
    let subject = Tone::Strong.of(subject);
    match status {
        None => format!("{subject}, not published yet"),
        Some(Availability(Some(Ineligible::NeedsApproval))) => {
            format!("{subject}, which needs approval")
        }
        Some(status) => format!("{subject}, which is {}", status.as_str()),
    }
}

/// Whether the number keeps to what changes, and the changes.
pub fn number(number: &Numbered) -> String {
    let (Some(report), Some(allowed)) = (&number.compat_report, number.allowed) else {
        return "no earlier version to compare with".to_owned();
    };
    let since = changes::since(report);
    let room = match &number.lowest_version {
        None => good("the version number allows this"),
        Some(lowest) => bad(format_args!(
            "refused: the version number allows a {allowed} change only; use {lowest}"
        )),
    };
    match since.trim_start().split_once('\n') {
        None => format!("{}, nothing is different\n  {room}", since.trim_start()),
        Some((head, changes)) => format!("{head}\n  {room}\n{changes}"),
    }
}

/// How the command ends: as publishing would, where it would be refused or new tasks could not run.
pub fn exit_of(is_number_refused: bool, wrong: usize, is_new: bool) -> Result<Exit> {
    if !(is_number_refused && is_new) && wrong == 0 {
        return Ok(Exit::Complete);
    }
    let what = match is_new {
        true => "publishing it would be refused, or its tasks would be; nothing was changed",
        false => "it is published, but its tasks would be refused; nothing was changed",
    };
    Err(Problem::new(Exit::BadInput, "plan_has_obstacles", what)
        .help("mend what is marked with ✘ above")
        .into())
}

/// That tasks under way keep what they have.
pub fn stay(tasks: &[OpenTasks]) -> String {
    let all: i64 = tasks.iter().map(|open| open.open_tasks).sum();
    if all == 0 {
        return "no open tasks".to_owned();
    }
    let by_version = tasks.iter();
    let by_version = by_version.map(|open| format!("{} on {}", open.open_tasks, open.version));
    let (all, by_version) = (
        units::count(all, "open task"),
        units::joined(by_version, ", "),
    );
    format!("{all} keep their version: {by_version}")
}

/// What new tasks would do, in a few words.
pub fn impact(report: &ImpactReport) -> String {
    match (report.impact, report.percent) {
        (Impact::Moves | Impact::Rollout, Some(share)) => {
            Tone::Active.of(format_args!("{share} of them move to it"))
        }
        (Impact::Moves | Impact::Rollout, None) => Tone::Active.of("move to it"),
        (Impact::Stays, _) => Tone::Quiet.of("take it already"),
        (Impact::Pinned, _) => Tone::Caution.of("are held back by the pin"),
        (Impact::Outranked, _) => Tone::Quiet.of("take a higher version"),
        (Impact::Unsigned, _) => Tone::Caution.of("take only what their keys signed"),
        (Impact::Unmatched, _) => Tone::Quiet.of("ask for another version"),
    }
}

/// `nothing` where there is none.
pub fn version(version: Option<&Version>) -> String {
    version.map_or_else(|| "nothing".to_owned(), ToString::to_string)
}

/// A table with as many rows as a person reads.
pub fn table<const N: usize>(
    headings: [&str; N],
    mut rows: Vec<[String; N]>,
    nothing: &str,
) -> String {
    let more = rows.len().saturating_sub(MAX_ROWS);
    rows.truncate(MAX_ROWS);
    let table = table::table(headings, rows, nothing);
    match more {
        0 => table,
        more => format!("{table}\nand {more} more; all of them: --output json"),
    }
}
