//! `tasker component references` and `tasker template references`

mod uses;

use super::client::{Answer, Ask as _, versions};
use super::hidden::hidden_text;
use super::output::{Output, tell};
use super::paint::Tone;
use super::pin_name::canonical;
use super::reference::Reference;
use super::units::joined;
use super::{CliError, Context, Exit, Problem, pin_name, units};
use serde_json::json;
use std::time::{Duration, Instant};
use tasker_domain::pin::PinKind;
use tasker_domain::references::{PinReference, PinSide, StepReference};
use tasker_wire::component::ShowComponentReferences;
use tasker_wire::definition::References;
use tasker_wire::template::{ShowTemplate, ShowTemplateReferences};

/// How often the host is asked while a version is waited for.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Args)]
pub struct ShowReferences {
    /// Which one, for example payments/charge, or payments/charge@1.4.0 for one version.
    #[arg(value_name = "NAMESPACE/NAME[@VERSION]")]
    of: Reference,
    /// Wait until nothing references the version.
    #[arg(long)]
    wait: bool,
    /// How long to wait at most, for example 30s or 5m.
    #[arg(long, value_name = "DURATION", value_parser = units::parse_duration, requires = "wait")]
    timeout: Option<Duration>,
}

impl ShowReferences {
    pub async fn run(self, kind: PinKind, context: &Context) -> Result<Exit, CliError> {
        match (&self.of.version, kind) {
            (Some(_), _) => self.of_version(kind, context).await,
            (None, _) if self.wait => {
                let what = format!("which version of {} is waited for?", self.of);
                let help = format!("say which version, for example {}@1.4.0", self.of);
                Err(Problem::bad_input(what).help(help).into())
            }
            (None, PinKind::Component) => uses::show(&self.of, context).await,
            (None, PinKind::Template) => self.of_templates(context).await,
        }
    }

    async fn of_version(&self, kind: PinKind, context: &Context) -> Result<Exit, CliError> {
        let answer = match self.wait {
            true => self.unreferenced(kind, context).await?,
            false => ask(&self.of, kind, context).await?,
        };
        let (found, output) = (&answer.value, context.output);
        output.show(&answer.text, || self.text(kind, found, output))?;
        output.next(self.next(kind, found));
        match self.wait && !found.is_unreferenced {
            true => Err(self.timed_out(found).into()),
            false => Ok(Exit::Complete),
        }
    }

    /// A line for each version of the template, asked for one by one.
    async fn of_templates(&self, context: &Context) -> Result<Exit, CliError> {
        let family = versions(&context.client, self.of.family_at(ShowTemplate::at)).await?;
        let mut all = Vec::new();
        for version in family.value.versions {
            let one = Reference {
                version: Some(version.version),
                ..self.of.clone()
            };
            all.push(ask(&one, PinKind::Template, context).await?.value);
        }
        let output = context.output;
        output.show(&json!({ "items": all }).to_string(), || {
            output.columns(
                &all,
                [
                    ("version", &|it| it.version.to_string()),
                    ("status", &|it| it.status.as_str().replace('_', " ")),
                    ("open tasks", &|it| it.open_tasks.to_string()),
                    ("pins", &|it| joined(it.pins.iter().map(pin_text), ", ")),
                    ("last used", &last_used),
                ],
                "no versions",
            )
        })?;
        if let Some(first) = all.first() {
            let next = format!("tasker template references {}@{}", self.of, first.version);
            output.next([next]);
        }
        Ok(Exit::Complete)
    }

    /// Asks again until nothing references it or the user's time is up; tells each change.
    async fn unreferenced(
        &self,
        kind: PinKind,
        context: &Context,
    ) -> Result<Answer<References>, CliError> {
        let give_up = self.timeout.map(|timeout| Instant::now() + timeout);
        let mut told = String::new();
        loop {
            let answer = ask(&self.of, kind, context).await?;
            let is_late = give_up.is_some_and(|at| Instant::now() >= at);
            if answer.value.is_unreferenced || is_late {
                return Ok(answer);
            }
            let line = in_short(&answer.value);
            if line != told && !context.output.is_json() {
                tell(&format!("waiting for {line}\n"));
                told = line;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    fn timed_out(&self, found: &References) -> Problem {
        let what = format!("{} is still referenced by {}", self.of, in_short(found));
        Problem::new(Exit::TimedOut, "timed_out", what)
    }

    fn text(&self, kind: PinKind, found: &References, output: Output) -> String {
        let of = &self.of;
        let head = match found.is_unreferenced {
            true => {
                let mark = output.paint.tone(Tone::Good, "✔");
                format!("{mark} nothing references {of}")
            }
            false => {
                let mark = output.paint.tone(Tone::Caution, "●");
                format!("{mark} {of} is referenced by {}", in_short(found))
            }
        };
        let fields = output.fields([
            ("status", found.status.as_str().replace('_', " ")),
            ("open tasks", tasks(found)),
            ("pins", joined(found.pins.iter().map(pin_text), "\n")),
            ("steps", joined(found.steps.iter().map(step_text), "\n")),
            ("hidden", hidden_text(found.hidden).unwrap_or_default()),
            ("default", default_text(found, kind).to_owned()),
            ("last used", last_used(found)),
        ]);
        format!("{head}\n{fields}")
    }

    fn next(&self, kind: PinKind, found: &References) -> Vec<String> {
        let (of, word) = (&self.of, kind.into_str());
        if found.is_unreferenced {
            return vec![format!("tasker {word} show {of}")];
        }
        let pin = found.pins.iter().find(|pin| pin.side != PinSide::Rollback);
        let pin_set = pin.map(|pin| elsewhere(pin, kind));
        // To yank what is pinned would leave new tasks without a version, or move them back.
        let is_free = found.status.0.is_none() && pin.is_none();
        let yank = is_free.then(|| format!("tasker {word} yank {of}"));
        let wait = format!("tasker {word} references {of} --wait");
        pin_set.into_iter().chain(yank).chain([wait]).collect()
    }
}

async fn ask(
    of: &Reference,
    kind: PinKind,
    context: &Context,
) -> Result<Answer<References>, CliError> {
    let client = &context.client;
    match kind {
        PinKind::Component => {
            client
                .call(of.version_at(ShowComponentReferences::at))
                .ask()
                .await
        }
        PinKind::Template => {
            client
                .call(of.version_at(ShowTemplateReferences::at))
                .ask()
                .await
        }
    }
}

/// What keeps it in use, counted.
fn in_short(found: &References) -> String {
    let open = usize::try_from(found.open_tasks).unwrap_or(usize::MAX);
    let counted = [
        (open, "open task"),
        (found.pins.len() + found.hidden.pins, "pin"),
        (found.steps.len() + found.hidden.steps, "template step"),
    ];
    let parts: Vec<String> = counted
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, noun)| units::count(n, noun))
        .collect();
    match parts.is_empty() {
        true => "new tasks, which take it by default".to_owned(),
        false => parts.join(", "),
    }
}

fn tasks(found: &References) -> String {
    let shown = found.oldest_tasks.len() as u64;
    let more = found.open_tasks.saturating_sub(shown);
    let more = (more > 0).then(|| format!("and {more} more"));
    let shown = found.oldest_tasks.iter().map(ToString::to_string);
    joined(shown.chain(more), "\n")
}

fn default_text(found: &References, kind: PinKind) -> &'static str {
    match (found.is_default, kind) {
        (false, PinKind::Component | PinKind::Template) => "",
        (true, PinKind::Component) => "the highest stable version, which is never collected",
        (true, PinKind::Template) => "new tasks take it where nobody says which version",
    }
}

fn last_used(found: &References) -> String {
    match (found.is_running, found.last_used_at) {
        (true, _) => "now".to_owned(),
        (false, Some(at)) => units::age(at),
        (false, None) => "never".to_owned(),
    }
}

fn pin_text(pin: &PinReference) -> String {
    let (target, namespace) = (&pin.target, &pin.namespace);
    let requirement = canonical(&pin.requirement);
    match pin.side {
        PinSide::Base => format!("{target} in {namespace}: {requirement}"),
        PinSide::Rollout => format!("{target} in {namespace}: {requirement} (rollout)"),
        PinSide::Rollback => format!("rollback of {target} in {namespace}: {requirement}"),
    }
}

/// What has new tasks take another version.
fn elsewhere(pin: &PinReference, kind: PinKind) -> String {
    let name = pin_name::arguments(kind, &pin.namespace, &pin.target);
    match pin.side {
        PinSide::Rollout => format!("tasker rollout rollback {name}"),
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
