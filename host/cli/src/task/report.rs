//! `tasker task report`

use super::OfTask;
use crate::archived::ArchivedTask;
use crate::document::Document;
use crate::{Answer, Context, Painted as _, Result, Tone, units};
use chrono::{DateTime, TimeDelta, Utc};
use tasker_archive::Location;
use tasker_domain::task_report::{ReportedAttempt, TaskReport, Times};
use tasker_wire::failure::Failure;
use tasker_wire::task::ShowTaskReport;

/// Steps that a text lists; JSON has more of them.
const SHOWN_STEPS: usize = 100;
/// Attempts that a text lists; JSON has more of them.
const SHOWN_ATTEMPTS: usize = 50;

/// Report what a task ran, where its time went, and why it ended as it did.
#[derive(Debug, clap::Args)]
pub struct Report {
    #[command(flatten)]
    of: OfTask,
    /// Read the task from this archive (`serve --archive`), without a host: a folder, or s3://BUCKET/PREFIX with
    /// the credentials of the environment.
    #[arg(long, value_name = "DIR|s3://…")]
    from: Option<Location>,
}

impl Report {
    pub async fn run(self, context: &Context) -> Result {
        let id = self.of.task;
        let answer: Answer<TaskReport> = match &self.from {
            Some(archive) => ArchivedTask::find(archive, id).await?.report()?,
            None => context.ask(ShowTaskReport { id }).await?,
        };
        let is_markdown = context.output.is_markdown();
        Ok(context.show(&answer, |report| match is_markdown {
            true => document(report).markdown(),
            false => document(report).text(),
        }))
    }
}

fn document(report: &TaskReport) -> Document {
    let mut document = Document::default();
    let state = report.state;
    let took = span(report.duration_ms);
    let (glyph, state_word) = (state.glyph(), state.word());
    let release = Tone::Strong.of(report.release());
    document.title(&format!("{glyph} {release} {state_word} after {took}"));
    document.facts([
        ("cause", cause(report)),
        ("task", report.id.to_string()),
        ("created", time(report.created_at)),
        ("ended", report.finished_at.map(time).unwrap_or_default()),
        ("as of", as_of(report)),
        ("steps", steps(report)),
        ("attempts", attempts(report)),
        ("used", used(report)),
        ("correlation", report.correlation_id.clone()),
    ]);
    time_sections(report, &mut document);
    step_section(report, &mut document);
    attempt_section(report, &mut document);
    other_sections(report, &mut document);
    document
}

fn cause(report: &TaskReport) -> String {
    let Some(error) = report.error.as_deref().map(Failure::of) else {
        return String::new();
    };
    let of_step = |it: &&ReportedAttempt| Some(&it.step) == error.step.as_ref();
    let attempt = report.attempts.iter().rev().find(of_step);
    let attempt = attempt.map(|it| format!("attempt {}", it.attempt));
    let place = error.step.clone().into_iter().chain(attempt);
    let place = units::joined(place, ", ");
    let parts = [place, error.text()];
    units::joined(parts.iter().filter(|it| !it.is_empty()), ": ")
}

fn as_of(report: &TaskReport) -> String {
    match report.state.is_final() {
        true => String::new(),
        false => time(report.as_of),
    }
}

fn steps(report: &TaskReport) -> String {
    let counts = report.step_counts.iter();
    let counts = counts.map(|(state, count)| format!("{count} {state}"));
    let levels = units::count(report.levels, "level");
    format!("{} on {levels}", units::joined(counts, ", "))
}

fn attempts(report: &TaskReport) -> String {
    let counts = report.attempt_counts.iter();
    let counts = counts.map(|(outcome, count)| format!("{count} {outcome}"));
    units::joined(counts, ", ")
}

fn used(report: &TaskReport) -> String {
    let used = report.resources;
    let http = match used.http_requests {
        0 => String::new(),
        requests => format!(
            "{}, {} in, {} out",
            units::count(requests, "HTTP request"),
            units::size(used.in_bytes),
            units::size(used.out_bytes)
        ),
    };
    let parts = [
        format!("{} processor time", span(used.cpu_ms)),
        format!("{} memory at most", units::size(used.memory_kib << 10)),
        http,
    ];
    units::joined(parts.iter().filter(|it| !it.is_empty()), ", ")
}

/// What became of the time, of the critical path and of all steps.
fn time_sections(report: &TaskReport, document: &mut Document) {
    let (path, all) = (report.path_times, report.total_times);
    let row = |what: &str, of: fn(&Times) -> f64| {
        let share = match path.total_ms() > 0.0 {
            true => format!("{:.0} %", 100.0 * of(&path) / path.total_ms()),
            false => String::new(),
        };
        [what.to_owned(), span(of(&path)), share, span(of(&all))]
    };
    let rows = [
        row("waiting for parents", |it| it.blocked_ms),
        row("waiting for a slot", |it| it.queued_ms),
        row("running", |it| it.running_ms),
        row("backing off after failures", |it| it.backoff_ms),
        row("in quarantine", |it| it.suspended_ms),
    ];
    let is_any = |row: &[String; 4]| row[1] != span(0.0) || row[3] != span(0.0);
    document.section(
        "Where the time went",
        ["", "critical path", "share", "all steps"],
        rows.into_iter().filter(is_any).collect(),
        "",
    );
    let steps = report.critical_path.iter().take(SHOWN_STEPS);
    let rows = steps.map(|step| {
        let [blocked, queued, running, backoff] = cells(&step.times);
        let total = span(step.times.total_ms());
        [step.step.clone(), total, blocked, queued, running, backoff]
    });
    document.section(
        "Critical path",
        ["step", "took", "blocked", "queued", "ran", "backoff"],
        rows.collect(),
        &not_shown(report.critical_path.len(), SHOWN_STEPS, 0),
    );
}

/// The graph by levels.
fn step_section(report: &TaskReport, document: &mut Document) {
    let steps = report.steps.iter().take(SHOWN_STEPS);
    let rows = steps.map(|step| {
        let [_, queued, running, backoff] = cells(&step.times);
        let mark = if step.is_critical { "*" } else { "" };
        let parents = units::joined(&step.depends_on, ", ");
        [
            format!("{}{mark}", step.level),
            step.name.clone(),
            step.state.to_string(),
            format!("{}/{}", step.counted_attempts, step.max_attempts),
            queued,
            running,
            backoff,
            parents,
        ]
    });
    let rest = not_shown(report.steps.len(), SHOWN_STEPS, report.left_out.steps);
    let note = units::joined(
        ["* on the critical path".to_owned(), rest]
            .iter()
            .filter(|it| !it.is_empty()),
        "; ",
    );
    document.section(
        "Steps by level",
        [
            "level",
            "step",
            "state",
            "tries",
            "queued",
            "ran",
            "backoff",
            "depends on",
        ],
        rows.collect(),
        &note,
    );
}

fn attempt_section(report: &TaskReport, document: &mut Document) {
    let attempts = report.attempts.iter().take(SHOWN_ATTEMPTS);
    let rows = attempts.map(|it| {
        let worker = it.worker_id.map(|id| format!("worker {id}"));
        let host = it.host.clone().or(worker);
        let why = [&it.code, &it.message, &it.reason];
        [
            it.step.clone(),
            it.attempt.to_string(),
            after(report, it.started_at),
            it.duration_ms.map(span).unwrap_or_default(),
            host.unwrap_or_default(),
            it.outcome.to_string(),
            units::joined(why.into_iter().flatten(), ": "),
        ]
    });
    let left_out = report.left_out.attempts;
    document.section(
        "Attempts that did not complete",
        ["step", "no", "began", "took", "host", "outcome", "why"],
        rows.collect(),
        &not_shown(report.attempts.len(), SHOWN_ATTEMPTS, left_out),
    );
}

fn other_sections(report: &TaskReport, document: &mut Document) {
    let rows = report.operations.iter().map(|it| {
        [
            after(report, it.at),
            it.action.clone(),
            it.step.clone().unwrap_or_default(),
            it.actor.clone().unwrap_or_default(),
            it.reason.clone().unwrap_or_default(),
        ]
    });
    let (operations, left_out) = (report.operations.len(), report.left_out);
    document.section(
        "Changes by operators",
        ["when", "what", "step", "who", "why"],
        rows.collect(),
        &not_shown(operations, operations, left_out.operations),
    );
    let rows = report.events.iter().map(|it| {
        let step = it.step.clone().unwrap_or_default();
        let first = after(report, it.first_at);
        [it.event.clone(), step, it.count.to_string(), first]
    });
    document.section(
        "Events",
        ["event", "step", "times", "first"],
        rows.collect(),
        &not_shown(report.events.len(), report.events.len(), left_out.events),
    );
    let rows = report.components.iter().map(|it| {
        let release = format!("{}@{}", it.component, it.version);
        [release, it.steps.to_string(), it.digest.to_string()]
    });
    let cut = match report.left_out.is_log_cut {
        true => {
            "the log of this task is longer than a report reads: times and attempts of its end are missing"
        }
        false => "",
    };
    document.section(
        "Versions",
        ["component", "steps", "digest"],
        rows.collect(),
        cut,
    );
}

/// `and 3 more` of those that are not listed here, or not in the answer.
fn not_shown(listed: usize, shown: usize, left_out: u64) -> String {
    match listed.saturating_sub(shown) as u64 + left_out {
        0 => String::new(),
        more => format!("and {more} more"),
    }
}

fn cells(times: &Times) -> [String; 4] {
    let all = [
        times.blocked_ms,
        times.queued_ms + times.suspended_ms,
        times.running_ms,
        times.backoff_ms,
    ];
    all.map(|ms| if ms > 0.0 { span(ms) } else { String::new() })
}

fn after(report: &TaskReport, at: DateTime<Utc>) -> String {
    format!("+{}", units::span(units::between(report.created_at, at)))
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S%.3f UTC").to_string()
}

fn span(ms: f64) -> String {
    units::span(TimeDelta::microseconds((ms * 1_000.0).round() as i64))
}
