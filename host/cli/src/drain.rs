//! `tasker drain component` and `drain template`

use super::client::{Answer, Ask as _};
use super::hidden::hidden_text;
use super::output::{Output, tell};
use super::paint::Tone;
use super::pin_name::canonical;
use super::reference::{Reference, parse_release};
use super::{CliError, Context, Exit, Problem, pin_name, units};
use chrono::Utc;
use std::time::{Duration, Instant};
use tasker_domain::pin::PinKind;
use tasker_domain::references::{PinReference, PinSide, StepReference};
use tasker_wire::component::ShowComponentReferences;
use tasker_wire::definition::References;
use tasker_wire::template::ShowTemplateReferences;

/// How often the host is asked while a version drains.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show what references a version of a component.
    Component(Drain),
    /// Show what references a version of a template.
    Template(Drain),
}

#[derive(Debug, clap::Args)]
pub struct Drain {
    /// Which one, for example payments/charge@1.4.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION", value_parser = parse_release)]
    release: Reference,
    /// Wait until nothing references it.
    #[arg(long)]
    wait: bool,
    /// How long to wait at most, for example 30s or 5m.
    #[arg(long, value_name = "DURATION", value_parser = units::parse_duration, requires = "wait")]
    timeout: Option<Duration>,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Component(drain) => drain.run(PinKind::Component, context).await,
        Command::Template(drain) => drain.run(PinKind::Template, context).await,
    }
}

impl Drain {
    async fn run(self, kind: PinKind, context: &Context) -> Result<Exit, CliError> {
        let answer = match self.wait {
            true => self.drained(kind, context).await?,
            false => self.look(kind, context).await?,
        };
        let (holders, output) = (&answer.value, context.output);
        output.show(&answer.text, || self.text(kind, holders, output))?;
        output.next(self.next(kind, holders));
        match self.wait && !holders.is_drained {
            true => Err(self.timed_out(holders).into()),
            false => Ok(Exit::Complete),
        }
    }

    async fn look(&self, kind: PinKind, context: &Context) -> Result<Answer<References>, CliError> {
        match kind {
            PinKind::Component => {
                let endpoint = self.release.version_at(ShowComponentReferences::at);
                context.client.call(endpoint).ask().await
            }
            PinKind::Template => {
                let endpoint = self.release.version_at(ShowTemplateReferences::at);
                context.client.call(endpoint).ask().await
            }
        }
    }

    /// Looks again until nothing keeps it in use or the user's time is up; tells each change.
    async fn drained(
        &self,
        kind: PinKind,
        context: &Context,
    ) -> Result<Answer<References>, CliError> {
        let give_up = self.timeout.map(|timeout| Instant::now() + timeout);
        let mut told = String::new();
        loop {
            let answer = self.look(kind, context).await?;
            let is_late = give_up.is_some_and(|at| Instant::now() >= at);
            if answer.value.is_drained || is_late {
                return Ok(answer);
            }
            let line = in_short(&answer.value);
            if line != told && !context.output.is_json() {
                tell(&format!("waiting for {line}\n"));
                told = line;
            }
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
    }

    fn timed_out(&self, holders: &References) -> Problem {
        let what = format!("{} is still held by {}", self.release, in_short(holders));
        Problem::new(Exit::TimedOut, "timed_out", what)
    }

    fn text(&self, kind: PinKind, holders: &References, output: Output) -> String {
        let release = &self.release;
        let head = match holders.is_drained {
            true => format!(
                "{} nothing holds {release}",
                output.paint.tone(Tone::Good, "✔")
            ),
            false => format!(
                "{} {release} is held by {}",
                output.paint.tone(Tone::Caution, "●"),
                in_short(holders)
            ),
        };
        let fields = output.fields([
            ("status", holders.status.as_str().replace('_', " ")),
            ("open tasks", tasks(holders)),
            ("pins", lines(holders.pins.iter().map(pin_text))),
            ("steps", lines(holders.steps.iter().map(step_text))),
            ("hidden", hidden_text(holders.hidden).unwrap_or_default()),
            ("default", default_text(holders, kind).to_owned()),
            ("last used", last_used(holders)),
        ]);
        format!("{head}\n{fields}")
    }

    fn next(&self, kind: PinKind, holders: &References) -> Vec<String> {
        let (release, word) = (&self.release, kind.into_str());
        if holders.is_drained {
            return vec![format!("tasker {word} show {release}")];
        }
        let pin = holders
            .pins
            .iter()
            .find(|pin| pin.side != PinSide::Rollback);
        let pin_set = pin.map(|pin| elsewhere(pin, kind));
        // To yank what is pinned would leave new tasks without a version, or move them back.
        let is_free = holders.status.0.is_none() && pin.is_none();
        let yank = is_free.then(|| format!("tasker {word} yank {release}"));
        let wait = format!("tasker drain {word} {release} --wait");
        pin_set.into_iter().chain(yank).chain([wait]).collect()
    }
}

/// What keeps it in use, counted.
fn in_short(holders: &References) -> String {
    let open = usize::try_from(holders.open_tasks).unwrap_or(usize::MAX);
    let counted = [
        (open, "open task"),
        (holders.pins.len() + holders.hidden.pins, "pin"),
        (
            holders.steps.len() + holders.hidden.steps,
            "step of templates",
        ),
    ];
    let parts: Vec<String> = counted
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, noun)| counted_text(n, noun))
        .collect();
    match parts.is_empty() {
        true => "new tasks, which take it by default".to_owned(),
        false => parts.join(", "),
    }
}

fn tasks(holders: &References) -> String {
    let shown = holders.oldest_tasks.len() as u64;
    let more = holders.open_tasks.saturating_sub(shown);
    let more = (more > 0).then(|| format!("and {more} more"));
    let shown = holders.oldest_tasks.iter().map(ToString::to_string);
    lines(shown.chain(more))
}

fn default_text(holders: &References, kind: PinKind) -> &'static str {
    match (holders.is_default, kind) {
        (false, PinKind::Component | PinKind::Template) => "",
        (true, PinKind::Component) => "the highest stable version, which is never collected",
        (true, PinKind::Template) => "new tasks take it where nobody says which version",
    }
}

fn last_used(holders: &References) -> String {
    match (holders.is_running, holders.last_used_at) {
        (true, _) => "now".to_owned(),
        (false, Some(at)) => units::ago(at, Utc::now()),
        (false, None) => "never".to_owned(),
    }
}

fn pin_text(pin: &PinReference) -> String {
    let (target, namespace) = (&pin.target, &pin.namespace);
    let requirement = canonical(&pin.requirement);
    match pin.side {
        PinSide::Base => format!("{target} in {namespace}: {requirement}"),
        PinSide::Ramp => format!("{target} in {namespace}: {requirement} (ramp)"),
        PinSide::Rollback => format!("rollback of {target} in {namespace}: {requirement}"),
    }
}

/// What has new tasks take another version.
fn elsewhere(pin: &PinReference, kind: PinKind) -> String {
    let name = pin_name::arguments(kind, &pin.namespace, &pin.target);
    match pin.side {
        PinSide::Ramp => format!("tasker pin rollback {name}"),
        PinSide::Base | PinSide::Rollback => format!("tasker pin set {name} REQUIREMENT"),
    }
}

fn step_text(step: &StepReference) -> String {
    let StepReference {
        namespace,
        template,
        version,
        step,
        requirement,
        is_only,
    } = step;
    let only = if *is_only { ", no other will do" } else { "" };
    format!("{namespace}/{template}@{version} {step}: {requirement}{only}")
}

fn counted_text(n: usize, noun: &str) -> String {
    match noun.split_once(' ') {
        Some(("step", rest)) => format!("{} {rest}", units::count(n, "step")),
        Some(_) | None => units::count(n, noun),
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
