//! What the user sees of the cases, as they end.

use std::collections::BTreeSet;
use std::time::Duration;
use tasker_cli::{CliError, Output, Tone};
use tasker_testing::beside::beside;
use tasker_testing::case::Case;
use tasker_testing::case_report::CaseReport;
use tasker_testing::compare::Mismatch;
use tasker_testing::coverage::TemplateCoverage;
use tasker_testing::report::Report;

/// Columns of a terminal that two texts side by side may take.
const COLUMNS: usize = 116;
/// Before what belongs to a case.
const INDENT: &str = "    ";
/// Before what a case begins with: the mark, to the right.
const MARK_CHARS: usize = 12;
/// The most steps that a line names.
const MAX_NAMES: usize = 20;
/// The most lines of a log that a failure shows.
const MAX_LOG_LINES: usize = 30;

/// Says how many there are.
pub(super) fn begin(cases: &[Case], output: Output) {
    let files: BTreeSet<_> = cases.iter().map(|case| &case.file).collect();
    let text = format!(
        "{} in {}",
        count(cases.len(), "case"),
        count(files.len(), "file")
    );
    print(&mark("Starting", Tone::Good, &text), output);
}

/// One line, and below it what is wrong.
pub(super) fn case(report: &CaseReport, output: Output) {
    let mut lines = vec![line(report)];
    for mismatch in &report.mismatches {
        lines.extend(self::mismatch(mismatch));
    }
    if !report.is_passed() && !report.log.is_empty() {
        let left_out = report.log.len().saturating_sub(MAX_LOG_LINES);
        lines.push(format!("{INDENT}{}", Tone::Strong.of("log")));
        if left_out > 0 {
            lines.push(format!("{INDENT}  ({left_out} lines before)"));
        }
        let shown = report.log.iter().skip(left_out);
        lines.extend(shown.map(|line| format!("{INDENT}  {line}")));
    }
    match output.is_quiet() {
        true if report.is_passed() => {}
        true => print_always(&report.case.id(), output),
        false => print(&lines.join("\n"), output),
    }
}

/// How many passed and failed, and once more which failed.
pub(super) fn end(report: &Report, output: Output) -> Result<(), CliError> {
    if output.is_json() {
        return output.print(&report.to_json().to_string());
    }
    let (passed, failed) = (report.passed(), report.failed());
    let (word, tone) = match failed {
        0 => ("Summary", Tone::Good),
        _ => ("Summary", Tone::Bad),
    };
    let written = report.cases.iter().filter(|case| case.is_written).count();
    let mut text = format!(
        "{} {} run: {passed} passed, {failed} failed, {} skipped",
        time(report.time),
        count(report.cases.len(), "case"),
        report.skipped,
    );
    if written > 0 {
        text += &format!(", {} written", count(written, "snapshot"));
    }
    let mut lines = vec!["-".repeat(MARK_CHARS), mark(word, tone, &text)];
    let failed = report.cases.iter().filter(|case| !case.is_passed());
    lines.extend(failed.map(line));
    lines.extend(report.coverage().iter().flat_map(coverage));
    print(&lines.join("\n"), output);
    Ok(())
}

/// What of a template no case reached.
fn coverage(template: &TemplateCoverage) -> Vec<String> {
    let ran = template.steps - template.never_ran.len();
    let name = template.template.display();
    let text = format!("{name}: {ran} of {} ran", count(template.steps, "step"));
    let mut lines = vec![mark("Coverage", Tone::Good, &text)];
    let lists = [
        ("ran in no case", &template.never_ran),
        ("failed in no case", &template.never_failed),
    ];
    for (what, steps) in lists {
        if !steps.is_empty() {
            let before = " ".repeat(MARK_CHARS);
            lines.push(format!("{before} {what}: {}", listed(steps)));
        }
    }
    lines
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn line(report: &CaseReport) -> String {
    let (word, tone) = match report.is_passed() {
        true => ("PASS", Tone::Good),
        false => ("FAIL", Tone::Bad),
    };
    let id = report.case.id();
    mark(word, tone, &format!("{} {id}", time(report.time)))
}

fn mark(word: &str, tone: Tone, text: &str) -> String {
    let before = " ".repeat(MARK_CHARS.saturating_sub(word.len()));
    format!("{before}{} {text}", tone.of(word))
}

/// What is wrong, with both texts.
pub(in crate::command) fn mismatch(mismatch: &Mismatch) -> Vec<String> {
    let mut lines = vec![format!("{INDENT}{}", Tone::Strong.of(&mismatch.what))];
    match (&mismatch.expected, &mismatch.actual) {
        (Some(expected), Some(actual)) => {
            let rows = beside(expected, actual, COLUMNS).into_iter();
            lines.extend(rows.map(|row| match row.differs {
                true => format!("{INDENT}  {}", Tone::Bad.of(row.text)),
                false => format!("{INDENT}  {}", row.text),
            }));
        }
        (one, other) => {
            let texts = one.iter().chain(other).flat_map(|text| text.lines());
            lines.extend(texts.map(|line| format!("{INDENT}  {line}")));
        }
    }
    let help = mismatch.help.iter();
    lines.extend(help.map(|help| format!("{INDENT}{} {help}", Tone::Active.of("help:"))));
    lines
}

fn time(time: Duration) -> String {
    format!("[{:8.3}s]", time.as_secs_f64())
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

fn print(text: &str, output: Output) {
    if !output.is_json() && !output.is_quiet() {
        print_always(text, output);
    }
}

/// What cannot be printed stops no case; the end says so.
fn print_always(text: &str, output: Output) {
    if !output.is_json() {
        let _ = output.print(text);
    }
}
