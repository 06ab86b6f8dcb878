//! `tasker component quarantine`, `release` and `quarantined`

use crate::{
    Confirm, Context, InOrder, OneVersion, Reference, Result, Table, Told, Tone, affected_pins,
    fields, units,
};
use tasker_wire::page::PageQuery;
use tasker_wire::quarantine::{
    HeldTasks, ListQuarantine, Quarantine, QuarantineComponent, Released, VersionName,
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
    pub async fn run(self, context: &Context) -> Result {
        let release = &self.version.release;
        self.confirm.ask(&format!("stop {release} on every host"))?;
        let asked = self.version.ask(QuarantineComponent::at, context);
        let (release, answer) = asked.await?;
        let reply = context.report(&answer, quarantine_text);
        Ok(reply.next(next(&answer.value, &release)))
    }
}

/// That a version may run again.
pub fn released(release: &Reference, released: &Released) -> Told {
    let resumed = match released.steps {
        ..=0 => "no step waited for it".to_owned(),
        1 => "1 step that waited for it continues".to_owned(),
        more => format!("{more} steps that waited for it continue"),
    };
    let names = fields([("known as", names(&released.names, "\n"))]);
    let sentence = format!("{release} may run again; {resumed}\n{names}");
    (sentence, vec!["tasker pin ls".to_owned()])
}

pub async fn ls(order: &InOrder, context: &Context) -> Result {
    let table = Table::new([
        ("digest", &|it: &Quarantine| it.digest.short()),
        ("known as", &|it| names(&it.names, ", ")),
        ("since", &|it| units::age(it.at)),
        ("by", &|it| it.actor.clone()),
        ("reason", &|it| it.reason.clone()),
    ])
    .or("nothing is quarantined");
    let listed = context.list(order, ListQuarantine {}, PageQuery::default(), table);
    Ok(listed.await?.next(|page| {
        let name = page.items.first().and_then(|item| item.names.first());
        let release = name.map(|name| format!("tasker component release {name}"));
        release.into_iter().collect()
    }))
}

fn quarantine_text(quarantine: &Quarantine) -> String {
    let said = match quarantine.created {
        Some(false) => "was quarantined already",
        Some(true) | None => "is quarantined: no host starts it, and what runs of it is ended",
    };
    let (mark, code) = (Tone::Caution.of("⊘"), quarantine.digest.short());
    let held = quarantine.held.iter().flatten().map(held_text);
    let fields = fields([
        ("known as", names(&quarantine.names, "\n")),
        ("suspended", units::joined(held, "\n")),
        ("since", units::age(quarantine.at)),
        ("by", quarantine.actor.clone()),
        ("reason", quarantine.reason.clone()),
    ]);
    let pins = affected_pins::lines(&quarantine.pins);
    format!("{mark} the code {code} {said}\n{fields}{pins}")
}

/// The suspended steps, template by template.
fn held_text(held: &HeldTasks) -> String {
    let (steps, tasks) = (
        units::count(held.steps, "step"),
        units::count(held.tasks, "task"),
    );
    format!("{steps} in {tasks} of {}/{}", held.namespace, held.template)
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

fn names(names: &[VersionName], separator: &str) -> String {
    units::joined(names.iter().map(ToString::to_string), separator)
}
