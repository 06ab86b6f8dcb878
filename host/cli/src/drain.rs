//! `tasker drain component` and `drain template`

use super::client::Answer;
use super::output::{Output, tell};
use super::paint::Tone;
use super::pin_name::canonical;
use super::reference::{Reference, parse_release};
use super::view::Hidden;
use super::{CliError, Context, Exit, Problem, pin_name, units};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::time::{Duration, Instant};
use tasker_domain::pin::PinKind;

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

#[derive(Deserialize)]
struct References {
    status: String,
    is_drained: bool,
    open_tasks: u64,
    oldest_tasks: Vec<String>,
    pins: Vec<PinReference>,
    steps: Vec<StepReference>,
    #[serde(default)]
    hidden: Hidden,
    is_default: bool,
    last_used_at: Option<DateTime<Utc>>,
    #[serde(default)]
    is_running: bool,
}

#[derive(Deserialize)]
struct PinReference {
    namespace: String,
    target: String,
    requirement: String,
    side: String,
}

#[derive(Deserialize)]
struct StepReference {
    namespace: String,
    template: String,
    version: String,
    step: String,
    requirement: String,
    is_only: bool,
}

/// What has versions, as the API and the commands call it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Component,
    Template,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Component(drain) => drain.run(Kind::Component, context).await,
        Command::Template(drain) => drain.run(Kind::Template, context).await,
    }
}

impl Drain {
    async fn run(self, kind: Kind, context: &Context) -> Result<Exit, CliError> {
        let answer = match self.wait {
            true => self.drained(kind, context).await?,
            false => self.look(kind, context).await?,
        };
        let (holders, output) = (&answer.value, context.output);
        output.show(&answer.text, || self.text(kind, holders, output))?;
        output.next(&self.next(kind, holders));
        match self.wait && !holders.is_drained {
            true => Err(self.timed_out(holders).into()),
            false => Ok(Exit::Complete),
        }
    }

    async fn look(&self, kind: Kind, context: &Context) -> Result<Answer<References>, CliError> {
        let Reference {
            namespace,
            name,
            version,
        } = &self.release;
        let version = version.as_ref().map(ToString::to_string);
        let path = [
            "namespaces",
            namespace.as_str(),
            kind.families(),
            name.as_str(),
            "versions",
            &version.unwrap_or_default(),
            "holders",
        ];
        context.client.get(&path).await
    }

    /// Looks again until nothing keeps it in use or the user's time is up; tells each change.
    async fn drained(&self, kind: Kind, context: &Context) -> Result<Answer<References>, CliError> {
        let give_up = self.timeout.map(|timeout| Instant::now() + timeout);
        let mut told = String::new();
        loop {
            let answer = self.look(kind, context).await?;
            let is_late = give_up.is_some_and(|at| Instant::now() >= at);
            if answer.value.is_drained || is_late {
                return Ok(answer);
            }
            let line = answer.value.in_short();
            if line != told && !context.output.is_json() {
                tell(&format!("waiting for {line}\n"));
                told = line;
            }
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
    }

    fn timed_out(&self, holders: &References) -> Problem {
        let what = format!("{} is still held by {}", self.release, holders.in_short());
        Problem::new(Exit::TimedOut, "timed_out", what)
    }

    fn text(&self, kind: Kind, holders: &References, output: Output) -> String {
        let release = &self.release;
        let head = match holders.is_drained {
            true => format!(
                "{} nothing holds {release}",
                output.paint.tone(Tone::Good, "✔")
            ),
            false => format!(
                "{} {release} is held by {}",
                output.paint.tone(Tone::Caution, "●"),
                holders.in_short()
            ),
        };
        let fields = output.fields([
            ("status", holders.status.replace('_', " ")),
            ("open tasks", holders.tasks()),
            ("pins", lines(holders.pins.iter().map(PinReference::text))),
            (
                "steps",
                lines(holders.steps.iter().map(StepReference::text)),
            ),
            ("hidden", holders.hidden.text().unwrap_or_default()),
            ("default", holders.default_text(kind).to_owned()),
            ("last used", holders.last_used()),
        ]);
        format!("{head}\n{fields}")
    }

    fn next(&self, kind: Kind, holders: &References) -> Vec<String> {
        let (release, word) = (&self.release, kind.word());
        if holders.is_drained {
            return vec![match kind {
                Kind::Component => format!("tasker component show {release}"),
                Kind::Template => format!("tasker template show {release}"),
            }];
        }
        let pin = holders.pins.iter().find(|pin| pin.leads());
        let pin_set = pin.map(|pin| pin.elsewhere(kind));
        // To yank what is pinned would leave new tasks without a version, or move them back.
        let is_free = holders.status == "active" && pin.is_none();
        let yank = is_free.then(|| format!("tasker {word} yank {release}"));
        let wait = format!("tasker drain {word} {release} --wait");
        pin_set.into_iter().chain(yank).chain([wait]).collect()
    }
}

impl Kind {
    fn families(self) -> &'static str {
        match self {
            Self::Component => "components",
            Self::Template => "templates",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Template => "template",
        }
    }
}

impl References {
    /// What keeps it in use, counted.
    fn in_short(&self) -> String {
        let open = usize::try_from(self.open_tasks).unwrap_or(usize::MAX);
        let counted = [
            (open, "open task"),
            (self.pins.len() + self.hidden.pins, "pin"),
            (self.steps.len() + self.hidden.steps, "step of templates"),
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

    fn tasks(&self) -> String {
        match self.open_tasks {
            0 => String::new(),
            n => {
                let shown = self.oldest_tasks.len() as u64;
                let more = (n > shown).then(|| format!("and {} more", n - shown));
                lines(self.oldest_tasks.iter().cloned().chain(more))
            }
        }
    }

    fn default_text(&self, kind: Kind) -> &'static str {
        match (self.is_default, kind) {
            (false, Kind::Component | Kind::Template) => "",
            (true, Kind::Component) => "the highest stable version, which is never collected",
            (true, Kind::Template) => "new tasks take it where nobody says which version",
        }
    }

    fn last_used(&self) -> String {
        match (self.is_running, self.last_used_at) {
            (true, _) => "now".to_owned(),
            (false, Some(at)) => units::ago(at, Utc::now()),
            (false, None) => "never".to_owned(),
        }
    }
}

impl PinReference {
    fn text(&self) -> String {
        let Self {
            namespace,
            target,
            requirement,
            side,
        } = self;
        let requirement = canonical(requirement);
        match side.as_str() {
            "ramp" => format!("{target} in {namespace}: {requirement} (ramp)"),
            "rollback" => format!("rollback of {target} in {namespace}: {requirement}"),
            _ => format!("{target} in {namespace}: {requirement}"),
        }
    }

    /// What has new tasks take another version.
    fn elsewhere(&self, kind: Kind) -> String {
        let kind = match kind {
            Kind::Component => PinKind::Component,
            Kind::Template => PinKind::Template,
        };
        let pin = pin_name::arguments(kind, &self.namespace, &self.target);
        match self.side.as_str() {
            "ramp" => format!("tasker pin rollback {pin}"),
            _ => format!("tasker pin set {pin} REQUIREMENT"),
        }
    }

    /// New tasks take the version by it.
    fn leads(&self) -> bool {
        self.side != "rollback"
    }
}

impl StepReference {
    fn text(&self) -> String {
        let Self {
            namespace,
            template,
            version,
            step,
            requirement,
            is_only,
        } = self;
        let only = if *is_only { ", no other will do" } else { "" };
        format!("{namespace}/{template}@{version} {step}: {requirement}{only}")
    }
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
