//! `tasker component quarantine`, `release` and `quarantined`

use crate::one_version::OneVersion;
use crate::output::Output;
use crate::paint::Tone;
use crate::reference::Reference;
use crate::view::{Held, Page, Quarantine as QuarantineView, Released, VersionName};
use crate::{CliError, Context, Exit, units};
use chrono::Utc;

/// Stop a version immediately on every host: nothing starts it, and running attempts are ended.
///
/// Its steps wait, without using up attempts, until it is released. The same bytes are stopped under
/// every name they have. Pins that only they satisfied are rolled back.
#[derive(Debug, clap::Args)]
pub struct Quarantine {
    #[command(flatten)]
    version: OneVersion,
}

/// Lift a quarantine; the steps that waited for it continue.
#[derive(Debug, clap::Args)]
pub struct Release {
    #[command(flatten)]
    version: OneVersion,
}

/// List quarantined components.
#[derive(Debug, clap::Args)]
pub struct Quarantined {}

impl Quarantine {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let answer = self
            .version
            .change::<QuarantineView>("components", "quarantine", context)
            .await?;
        context.output.show(&answer.text, || {
            quarantine_text(&answer.value, context.output)
        })?;
        context
            .output
            .next(&next(&answer.value, &self.version.release));
        Ok(Exit::Complete)
    }
}

impl Release {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let answer = self
            .version
            .change::<Released>("components", "release", context)
            .await?;
        let release = &self.version.release;
        let steps = usize::try_from(answer.value.steps).unwrap_or_default();
        context.output.show(&answer.text, || {
            let mark = context.output.paint.tone(Tone::Good, "✔");
            let resumed = match steps {
                0 => "no step waited for it".to_owned(),
                1 => "1 step that waited for it continues".to_owned(),
                more => format!("{more} steps that waited for it continue"),
            };
            let names = names(&answer.value.names);
            let names = context.output.fields([("known as", names)]);
            format!("{mark} {release} may run again; {resumed}\n{names}")
        })?;
        context.output.next(&["tasker pin ls".to_owned()]);
        Ok(Exit::Complete)
    }
}

impl Quarantined {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let page = context
            .client
            .get::<Page<QuarantineView>>(&["quarantine"])
            .await?;
        context.output.show(&page.text, || {
            let rows = page.value.items.iter().map(row).collect();
            let headings = ["digest", "known as", "since", "by", "reason"];
            context
                .output
                .table(headings, rows, "nothing is quarantined")
        })?;
        let first = page.value.items.first().and_then(|item| item.names.first());
        if let Some(name) = first {
            context
                .output
                .next(&[format!("tasker component release {name}")]);
        }
        Ok(Exit::Complete)
    }
}

fn row(quarantine: &QuarantineView) -> [String; 5] {
    [
        quarantine.digest.short(),
        names(&quarantine.names).replace('\n', ", "),
        units::ago(quarantine.at, Utc::now()),
        quarantine.actor.clone(),
        quarantine.reason.clone(),
    ]
}

fn quarantine_text(quarantine: &QuarantineView, output: Output) -> String {
    let said = match quarantine.created {
        Some(false) => "was quarantined already",
        Some(true) | None => "is quarantined: no host starts it, and what runs of it is ended",
    };
    let mark = output.paint.tone(Tone::Caution, "⊘");
    let fields = output.fields([
        ("known as", names(&quarantine.names)),
        ("stand still", lines(quarantine.held.iter().map(held_text))),
        ("since", units::ago(quarantine.at, Utc::now())),
        ("by", quarantine.actor.clone()),
        ("reason", quarantine.reason.clone()),
    ]);
    let pins = quarantine.pins.lines(output);
    format!(
        "{mark} the code {} {said}\n{fields}{pins}",
        quarantine.digest.short()
    )
}

/// What stands still, template by template.
fn held_text(held: &Held) -> String {
    let Held {
        namespace,
        template,
        tasks,
        steps,
    } = held;
    let (steps, tasks) = (units::count(*steps, "step"), units::count(*tasks, "task"));
    format!("{steps} in {tasks} of {namespace}/{template}")
}

/// First what leads the tasks on that stand still; last what takes the quarantine back.
fn next(quarantine: &QuarantineView, release: &Reference) -> Vec<String> {
    let mut next = quarantine.pins.next();
    next.push(format!("tasker drain component {release}"));
    let held = quarantine.held.first();
    next.extend(held.map(|it| {
        format!(
            "tasker task upgrade --template {}/{} --component {} --dry-run",
            it.namespace,
            it.template,
            release.family()
        )
    }));
    next.push(format!("tasker component release {release}"));
    next
}

fn names(names: &[VersionName]) -> String {
    lines(names.iter().map(ToString::to_string))
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
