//! `tasker component references` and `tasker template references`

mod uses;

use super::client::versions;
use super::definition;
use super::hidden::hidden_text;
use super::pin_name::canonical;
use super::units::{self, joined};
use super::{
    Answer, Context, Exit, Problem, Reference, Result, Table, Tone, fields, good, pin_name, refuse,
    tell,
};
use serde_json::json;
use std::time::{Duration, Instant};
use tasker_domain::pin::PinKind;
use tasker_domain::references::{PinReference, PinSide, StepReference, SubscriptionReference};
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
    pub async fn run(self, kind: PinKind, context: &Context) -> Result {
        let of = &self.of;
        match (&of.version, kind) {
            (Some(_), _) => self.of_version(kind, context).await,
            (None, _) if self.wait => refuse(
                format!("which version of {of} is waited for?"),
                format!("say which version, for example {of}@1.4.0"),
            ),
            (None, PinKind::Component) => uses::show(of, context).await,
            (None, PinKind::Template) => self.of_templates(context).await,
        }
    }

    async fn of_version(&self, kind: PinKind, context: &Context) -> Result {
        let of = &self.of;
        let answer = match self.wait {
            true => self.unreferenced(kind, context).await?,
            false => ask(of, kind, context).await?,
        };
        let found = &answer.value;
        let reply = context.show(&answer, |found| text(of, kind, found));
        let reply = reply.next(next(of, kind, found));
        Ok(match self.wait && !found.is_unreferenced {
            true => reply.end(Err(timed_out(of, found).into())),
            false => reply,
        })
    }

    /// A line for each version of the template, asked for one by one.
    async fn of_templates(&self, context: &Context) -> Result {
        let family = versions(&context.client, self.of.family_at(ShowTemplate::at)).await?;
        let mut all = Vec::new();
        for version in family.value.versions {
            let one = Reference {
                version: Some(version.version),
                ..self.of.clone()
            };
            all.push(ask(&one, PinKind::Template, context).await?.value);
        }
        let reply = context
            .output
            .show(json!({ "items": all }), || versions_text(&all));
        let first = all.first();
        let next = first.map(|it| format!("tasker template references {}@{}", self.of, it.version));
        Ok(reply.next(next))
    }

    /// Asks again until nothing references it or the user's time is up; tells each change.
    async fn unreferenced(&self, kind: PinKind, context: &Context) -> Result<Answer<References>> {
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
}

async fn ask(of: &Reference, kind: PinKind, context: &Context) -> Result<Answer<References>> {
    match kind {
        PinKind::Component => {
            context
                .ask(of.version_at(ShowComponentReferences::at))
                .await
        }
        PinKind::Template => context.ask(of.version_at(ShowTemplateReferences::at)).await,
    }
}

fn timed_out(of: &Reference, found: &References) -> Problem {
    let what = format!("{of} is still referenced by {}", in_short(found));
    Problem::new(Exit::TimedOut, "timed_out", what)
}

fn versions_text(versions: &[References]) -> String {
    Table::new([
        ("version", &|it: &References| it.version.to_string()),
        ("status", &|it| definition::status(it.status)),
        ("open tasks", &|it| it.open_tasks.to_string()),
        ("pins", &|it| joined(it.pins.iter().map(pin_text), ", ")),
        ("last used", &last_used),
    ])
    .or("no versions")
    .rows(versions)
}

fn text(of: &Reference, kind: PinKind, found: &References) -> String {
    let head = match found.is_unreferenced {
        true => good(format_args!("nothing references {of}")),
        false => format!(
            "{} {of} is referenced by {}",
            Tone::Caution.of("●"),
            in_short(found)
        ),
    };
    let fields = fields([
        ("status", definition::status(found.status)),
        ("open tasks", tasks(found)),
        ("pins", joined(found.pins.iter().map(pin_text), "\n")),
        ("steps", joined(found.steps.iter().map(step_text), "\n")),
        (
            "subscriptions",
            joined(found.subscriptions.iter().map(subscription_text), "\n"),
        ),
        ("hidden", hidden_text(found.hidden)),
        ("default", default_text(found, kind).to_owned()),
        ("last used", last_used(found)),
    ]);
    format!("{head}\n{fields}")
}

fn next(of: &Reference, kind: PinKind, found: &References) -> Vec<String> {
    let word = kind.into_str();
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

/// What keeps it in use, counted.
fn in_short(found: &References) -> String {
    let counts = units::counts([
        (found.open_tasks as usize, "open task"),
        (found.pins.len() + found.hidden.pins, "pin"),
        (found.steps.len() + found.hidden.steps, "template step"),
        (
            found.subscriptions.len() + found.hidden.subscriptions,
            "subscription",
        ),
    ]);
    match counts.is_empty() {
        true => "new tasks, which take it by default".to_owned(),
        false => counts,
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

fn subscription_text(it: &SubscriptionReference) -> String {
    let SubscriptionReference {
        namespace,
        subscription,
        requirement,
    } = it;
    format!("{namespace}/{subscription}: {requirement}")
}

fn step_text(step: &StepReference) -> String {
    let (namespace, template, version) = (&step.namespace, &step.template, &step.version);
    let (name, requirement) = (&step.step, &step.requirement);
    let only = if step.is_only {
        ", no other will do"
    } else {
        ""
    };
    format!("{namespace}/{template}@{version} {name}: {requirement}{only}")
}
