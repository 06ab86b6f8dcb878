//! `tasker component quarantine`, `release` and `quarantined`

use crate::confirm::Confirm;
use crate::one_version::OneVersion;
use crate::output::Output;
use crate::paint::Tone;
use crate::reference::Reference;
use crate::{CliError, Context, Exit, affected_pins, units};
use tasker_wire::page::PageQuery;
use tasker_wire::quarantine::{
    HeldTasks, ListQuarantine, Quarantine, QuarantineComponent, ReleaseComponent, VersionName,
};

/// Stop a version immediately on every host: nothing starts it, and running attempts are ended.
///
/// Its steps wait, without using up attempts, until it is released. The same bytes are stopped under
/// every name they have. Pins that only they satisfied are rolled back.
#[derive(Debug, clap::Args)]
pub struct StopVersion {
    #[command(flatten)]
    version: OneVersion,
    #[command(flatten)]
    confirm: Confirm,
}

impl StopVersion {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let release = &self.version.release;
        self.confirm.ask(&format!("stop {release} on every host"))?;
        let asked = self.version.change(QuarantineComponent::at, context);
        let (release, answer) = asked.await?;
        let (quarantine, output) = (&answer.value, context.output);
        output.report(&answer.text, || quarantine_text(quarantine, output))?;
        output.next(next(quarantine, &release));
        Ok(Exit::Complete)
    }
}

pub async fn release(version: OneVersion, context: &Context) -> Result<Exit, CliError> {
    let (release, answer) = version.change(ReleaseComponent::at, context).await?;
    let released = &answer.value;
    context.output.done(&answer.text, || {
        let resumed = match released.steps {
            ..=0 => "no step waited for it".to_owned(),
            1 => "1 step that waited for it continues".to_owned(),
            more => format!("{more} steps that waited for it continue"),
        };
        let names = context
            .output
            .fields([("known as", names(&released.names))]);
        format!("{release} may run again; {resumed}\n{names}")
    })?;
    context.output.next(&["tasker pin ls".to_owned()]);
    Ok(Exit::Complete)
}

pub async fn ls(context: &Context) -> Result<Exit, CliError> {
    let items = context.list(
        ListQuarantine {},
        PageQuery::default(),
        [
            ("digest", &|it| it.digest.short()),
            ("known as", &|it| names(&it.names).replace('\n', ", ")),
            ("since", &|it| units::age(it.at)),
            ("by", &|it| it.actor.clone()),
            ("reason", &|it| it.reason.clone()),
        ],
        ("nothing is quarantined", ""),
    );
    let items = items.await?;
    let name = items.first().and_then(|item| item.names.first());
    let release = name.map(|name| format!("tasker component release {name}"));
    context.output.next(release);
    Ok(Exit::Complete)
}

fn quarantine_text(quarantine: &Quarantine, output: Output) -> String {
    let said = match quarantine.created {
        Some(false) => "was quarantined already",
        Some(true) | None => "is quarantined: no host starts it, and what runs of it is ended",
    };
    let mark = output.paint.tone(Tone::Caution, "⊘");
    let held = quarantine.held.iter().flatten().map(held_text);
    let fields = output.fields([
        ("known as", names(&quarantine.names)),
        ("suspended", units::joined(held, "\n")),
        ("since", units::age(quarantine.at)),
        ("by", quarantine.actor.clone()),
        ("reason", quarantine.reason.clone()),
    ]);
    let pins = affected_pins::lines(&quarantine.pins, output);
    format!(
        "{mark} the code {} {said}\n{fields}{pins}",
        quarantine.digest.short()
    )
}

/// The suspended steps, template by template.
fn held_text(held: &HeldTasks) -> String {
    let (steps, tasks) = (counted(held.steps, "step"), counted(held.tasks, "task"));
    format!("{steps} in {tasks} of {}/{}", held.namespace, held.template)
}

fn counted(count: i64, noun: &str) -> String {
    units::count(usize::try_from(count).unwrap_or_default(), noun)
}

/// First what moves the suspended tasks on; last what lifts the quarantine.
fn next(quarantine: &Quarantine, release: &Reference) -> Vec<String> {
    let mut next = affected_pins::next(&quarantine.pins);
    next.push(format!("tasker component references {release}"));
    let held = quarantine.held.iter().flatten().next();
    next.extend(held.map(|it| {
        format!(
            "tasker task migrate {}/{} --component {} --dry-run",
            it.namespace,
            it.template,
            release.family()
        )
    }));
    next.push(format!("tasker component release {release}"));
    next
}

fn names(names: &[VersionName]) -> String {
    units::joined(names.iter().map(ToString::to_string), "\n")
}
