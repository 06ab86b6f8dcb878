//! What a change would do to new tasks, as text.

use crate::output::Output;
use crate::paint::Tone;
use crate::{CliError, Exit, Problem, changes, units};
use semver::Version;
use tasker_domain::impact::{Impact, ImpactReport};
use tasker_domain::plan::{Numbered, OpenTasks};
use tasker_domain::resolve::{Availability, Ineligible};

/// Lines of a table that are printed; `--output json` has all.
const MAX_ROWS: usize = 20;

/// The first line: what is planned, and how it stands now.
pub fn head(subject: &str, status: Option<Availability>, output: Output) -> String {
    let subject = output.paint.tone(Tone::Strong, subject);
    match status {
        None => format!("{subject}, not published yet"),
        Some(Availability(Some(Ineligible::NeedsApproval))) => {
            format!("{subject}, which needs approval")
        }
        Some(status) => format!("{subject}, which is {}", status.as_str()),
    }
}

/// Whether the number keeps to what changes, and the changes.
pub fn number(number: &Numbered, output: Output) -> String {
    let (Some(report), Some(allowed)) = (&number.compat_report, number.allowed) else {
        return "no earlier version to compare with".to_owned();
    };
    let since = changes::since(report, output);
    let since = since.trim_start();
    let room = match &number.lowest_version {
        None => good("the version number allows this", output),
        Some(lowest) => bad(
            &format!("refused: the version number allows a {allowed} change only; use {lowest}"),
            output,
        ),
    };
    match since.split_once('\n') {
        None => format!("{since}, nothing is different\n  {room}"),
        Some((head, changes)) => format!("{head}\n  {room}\n{changes}"),
    }
}

/// How the command ends: as publishing would, where it would be refused or new tasks could not run.
pub fn exit_of(is_number_refused: bool, wrong: usize, is_new: bool) -> Result<Exit, CliError> {
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
    let by_version = tasks
        .iter()
        .map(|open| format!("{} on {}", open.open_tasks, open.version));
    let by_version: Vec<_> = by_version.collect();
    let all = units::count(usize::try_from(all).unwrap_or(usize::MAX), "open task");
    format!("{all} keep their version: {}", by_version.join(", "))
}

/// What new tasks would do, in a few words.
pub fn impact(report: &ImpactReport, output: Output) -> String {
    let share = report.percent.map(|percent| percent.to_string());
    let (tone, text) = match report.impact {
        Impact::Moves | Impact::Rollout => (
            Tone::Active,
            match share {
                Some(share) => format!("{share} of them move to it"),
                None => "move to it".to_owned(),
            },
        ),
        Impact::Stays => (Tone::Quiet, "take it already".to_owned()),
        Impact::Pinned => (Tone::Caution, "are held back by the pin".to_owned()),
        Impact::Outranked => (Tone::Quiet, "take a higher version".to_owned()),
        Impact::Unsigned => (Tone::Caution, "take only what their keys signed".to_owned()),
        Impact::Unmatched => (Tone::Quiet, "ask for another version".to_owned()),
    };
    output.paint.tone(tone, &text)
}

/// `nothing` where there is none.
pub fn version(version: Option<&Version>) -> String {
    version.map_or_else(|| "nothing".to_owned(), ToString::to_string)
}

pub fn good(text: &str, output: Output) -> String {
    format!("{} {text}", output.paint.tone(Tone::Good, "✔"))
}

pub fn bad(text: &str, output: Output) -> String {
    format!("{} {text}", output.paint.tone(Tone::Bad, "✘"))
}

/// A table with as many rows as a person reads.
pub fn table<const N: usize>(
    headings: [&str; N],
    mut rows: Vec<[String; N]>,
    nothing: &str,
    output: Output,
) -> String {
    let more = rows.len().saturating_sub(MAX_ROWS);
    rows.truncate(MAX_ROWS);
    let table = output.table(headings, rows, nothing);
    match more {
        0 => table,
        more => format!("{table}\nand {more} more; all of them: --output json"),
    }
}
