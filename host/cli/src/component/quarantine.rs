//! `tasker component quarantine`, `release` and `quarantined`

use crate::client::Ask as _;
use crate::one_version::OneVersion;
use crate::output::Output;
use crate::paint::Tone;
use crate::reference::Reference;
use crate::{CliError, Context, Exit, affected_pins, units};
use chrono::Utc;
use tasker_wire::quarantine::{
    HeldTasks, ListQuarantine, Quarantine, QuarantineComponent, ReleaseComponent, VersionName,
};

pub async fn quarantine(version: &OneVersion, context: &Context) -> Result<Exit, CliError> {
    let answer = version.change(QuarantineComponent::at, context).await?;
    let quarantine = &answer.value;
    context
        .output
        .show(&answer.text, || quarantine_text(quarantine, context.output))?;
    context.output.next(next(quarantine, &version.release));
    Ok(Exit::Complete)
}

pub async fn release(version: &OneVersion, context: &Context) -> Result<Exit, CliError> {
    let answer = version.change(ReleaseComponent::at, context).await?;
    let (release, released) = (&version.release, &answer.value);
    context.output.show(&answer.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        let resumed = match released.steps {
            ..=0 => "no step waited for it".to_owned(),
            1 => "1 step that waited for it continues".to_owned(),
            more => format!("{more} steps that waited for it continue"),
        };
        let names = context
            .output
            .fields([("known as", names(&released.names))]);
        format!("{mark} {release} may run again; {resumed}\n{names}")
    })?;
    context.output.next(&["tasker pin ls".to_owned()]);
    Ok(Exit::Complete)
}

pub async fn ls(context: &Context) -> Result<Exit, CliError> {
    let page = context.client.call(ListQuarantine {}).ask().await?;
    let items = &page.value.items;
    context.output.show(&page.text, || {
        let rows = items.iter().map(row).collect();
        let headings = ["digest", "known as", "since", "by", "reason"];
        context
            .output
            .table(headings, rows, "nothing is quarantined")
    })?;
    if let Some(name) = items.first().and_then(|item| item.names.first()) {
        context
            .output
            .next(&[format!("tasker component release {name}")]);
    }
    Ok(Exit::Complete)
}

fn row(quarantine: &Quarantine) -> [String; 5] {
    [
        quarantine.digest.short(),
        names(&quarantine.names).replace('\n', ", "),
        units::ago(quarantine.at, Utc::now()),
        quarantine.actor.clone(),
        quarantine.reason.clone(),
    ]
}

fn quarantine_text(quarantine: &Quarantine, output: Output) -> String {
    let said = match quarantine.created {
        Some(false) => "was quarantined already",
        Some(true) | None => "is quarantined: no host starts it, and what runs of it is ended",
    };
    let mark = output.paint.tone(Tone::Caution, "⊘");
    let fields = output.fields([
        ("known as", names(&quarantine.names)),
        (
            "stand still",
            lines(quarantine.held.iter().flatten().map(held_text)),
        ),
        ("since", units::ago(quarantine.at, Utc::now())),
        ("by", quarantine.actor.clone()),
        ("reason", quarantine.reason.clone()),
    ]);
    let pins = affected_pins::lines(&quarantine.pins, output);
    format!(
        "{mark} the code {} {said}\n{fields}{pins}",
        quarantine.digest.short()
    )
}

/// What stands still, template by template.
fn held_text(held: &HeldTasks) -> String {
    let HeldTasks {
        namespace,
        template,
        tasks,
        steps,
    } = held;
    let (steps, tasks) = (counted(*steps, "step"), counted(*tasks, "task"));
    format!("{steps} in {tasks} of {namespace}/{template}")
}

fn counted(count: i64, noun: &str) -> String {
    units::count(usize::try_from(count).unwrap_or_default(), noun)
}

/// First what leads the tasks on that stand still; last what takes the quarantine back.
fn next(quarantine: &Quarantine, release: &Reference) -> Vec<String> {
    let mut next = affected_pins::next(&quarantine.pins);
    next.push(format!("tasker drain component {release}"));
    let held = quarantine.held.iter().flatten().next();
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
