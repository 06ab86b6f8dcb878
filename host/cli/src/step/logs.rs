//! `tasker step logs`

use crate::archived::ArchivedTask;
use crate::client::Ask as _;
use crate::paint::Tone;
use crate::reference::parse_task_id;
use crate::{CliError, Context, Exit, Result, json, tell};
use chrono::Local;
use std::time::{Duration, Instant};
use tasker_archive::Location;
use tasker_domain::ids::TaskId;
use tasker_domain::sanitize::sanitize_line;
use tasker_wire::log::{AttemptLogLine, AttemptLogPage, AttemptLogQuery, ShowAttemptLog};
use tasker_wire::page::MAX_PAGE_ITEMS;

/// How long the host may hold one request back.
const HOLD: Duration = Duration::from_secs(30);
/// For how long a host that went away is asked again: another one may take its place.
const RECONNECT_FOR: Duration = Duration::from_secs(15);
const RECONNECT_INTERVAL: Duration = Duration::from_millis(250);

/// Show what the attempts of a step logged: handler's log, stdout and stderr.
#[derive(Debug, clap::Args)]
pub struct Logs {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    /// The step's name.
    step: String,
    /// Only this attempt, from 1.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=2_147_483_647))]
    attempt: Option<u32>,
    /// Show lines as they are logged, until the step or the attempt has ended. As JSON, each line is an object.
    #[arg(short, long)]
    follow: bool,
    /// Read the task from this archive (`serve --archive`), without a host: a folder, or s3://BUCKET/PREFIX with
    /// the credentials of the environment.
    #[arg(long, value_name = "DIR|s3://…", conflicts_with = "follow")]
    from: Option<Location>,
}

impl Logs {
    pub async fn run(self, context: &Context) -> Result {
        if let Some(archive) = &self.from {
            return self.show_archived(archive, context).await;
        }
        let is_streamed = self.follow || !context.output.is_json();
        let mut is_empty = true;
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = self.page(context, after).await?;
            is_empty &= page.items.is_empty();
            match is_streamed {
                true => self.print(context, &page.items)?,
                false => all.extend(page.items),
            }
            let is_over = match self.follow {
                true => page.is_complete,
                false => page.next.is_none(),
            };
            if is_over {
                if is_empty && !context.output.is_json() {
                    tell("no lines\n");
                }
                let page = AttemptLogPage { items: all, ..page };
                return Ok(match is_streamed {
                    true => context.output.show("", String::new),
                    false => context.output.show(text(&page)?, String::new),
                });
            }
            after = Some(page.position);
        }
    }

    async fn show_archived(&self, archive: &Location, context: &Context) -> Result {
        let archived = ArchivedTask::find(archive, self.task).await?;
        let log = archived.attempt_log(&self.step, self.attempt)?;
        if !context.output.is_json() {
            match &log {
                None => tell("the archive has this task without what its attempts logged\n"),
                Some(log) if log.items.is_empty() => tell("no lines\n"),
                Some(_) => {}
            }
        }
        let page = log.unwrap_or_else(|| AttemptLogPage {
            items: Vec::new(),
            next: None,
            position: "0.0".to_owned(),
            is_complete: true,
        });
        let lines = page.items.iter();
        let lines = lines.map(|line| self::line(line, self.attempt.is_none()));
        Ok(context
            .output
            .show(text(&page)?, || lines.collect::<Vec<_>>().join("\n")))
    }

    /// The lines behind `after`; a follower asks a host that went away again for some seconds.
    async fn page(&self, context: &Context, after: Option<String>) -> Result<AttemptLogPage> {
        let mut is_first = after.is_none();
        let query = AttemptLogQuery {
            attempt: self.attempt,
            after,
            limit: Some(MAX_PAGE_ITEMS),
            wait_ms: if self.follow {
                HOLD.as_millis() as u64
            } else {
                0
            },
        };
        let since = Instant::now();
        loop {
            let (id, step) = (self.task, self.step.clone());
            let call = context.call(ShowAttemptLog { id, step }).query(&query);
            match call.hold(HOLD).ask().await {
                Ok(answer) => return Ok(answer.value),
                Err(error) if self.may_reconnect(&error, is_first, since) => {
                    is_first = false;
                    tokio::time::sleep(RECONNECT_INTERVAL).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn may_reconnect(&self, error: &CliError, is_first: bool, since: Instant) -> bool {
        let is_full = matches!(error, CliError::Problem(problem) if problem.is_full());
        let may_pass = is_full || (!is_first && error.ends_with(Exit::Unreachable));
        self.follow && may_pass && since.elapsed() < HOLD + RECONNECT_FOR
    }

    fn print(&self, context: &Context, lines: &[AttemptLogLine]) -> Result<()> {
        let is_json = context.output.is_json();
        let texts = lines.iter().map(|line| match is_json {
            true => text(line),
            false => Ok(self::line(line, self.attempt.is_none())),
        });
        let texts: Vec<String> = texts.collect::<Result<_>>()?;
        context.output.print(&texts.join("\n"))
    }
}

/// `12:34:56.789  #2  WARN   about to sleep  order=7`, with the number of the attempt where several are shown.
pub fn line(line: &AttemptLogLine, has_attempt: bool) -> String {
    let at = line.at.with_timezone(&Local).format("%H:%M:%S%.3f");
    let at = Tone::Quiet.of(at);
    let attempt = match has_attempt {
        true => format!("#{}  ", line.attempt),
        false => String::new(),
    };
    format!("{at}  {attempt}{}", what(line))
}

/// The level, the message and the fields of a line.
pub fn what(line: &AttemptLogLine) -> String {
    let level = tone(&line.level).of(format_args!("{:<5}", line.level.to_uppercase()));
    let source = match line.source.as_str() {
        "handler" => String::new(),
        source => Tone::Quiet.of(format_args!("[{source}] ")),
    };
    let fields = line.fields.iter();
    let fields: String = fields
        .map(|(name, value)| {
            format!(
                "  {}={}",
                Tone::Quiet.of(sanitize_line(name)),
                sanitize_line(value)
            )
        })
        .collect();
    format!("{level}  {source}{}{fields}", sanitize_line(&line.message))
}

fn tone(level: &str) -> Tone {
    match level {
        "error" => Tone::Bad,
        "warn" => Tone::Caution,
        "info" => Tone::Good,
        _ => Tone::Quiet,
    }
}

/// As JSON text that a terminal does not obey.
pub fn text(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string(value).map_err(anyhow::Error::from)?;
    Ok(json::escaped(&text))
}
