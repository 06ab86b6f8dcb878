//! What a folder says of pins, and what of it a host has yet to learn.

use super::change::{Action, Change, Kept, Op, PinName};
use super::folder::Pins;
use super::versions::{Family, Met, Versions};
use crate::{Context, Result};
use std::collections::BTreeMap;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{ComponentRef, Requirement};
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::pin::{ListPins, Pin};

/// A pin as the folder says it.
struct Wanted<'a> {
    name: PinName,
    family: Family,
    requirement: &'a Requirement,
}

/// The pins that a namespace has, by kind and target.
pub type Present = BTreeMap<PinName, Pin>;

pub async fn present(namespace: &Name, context: &Context) -> Result<Present> {
    let query = NamespacePageQuery::of(Some(namespace.clone()));
    let pins = context.all(ListPins {}, query).await?.value.items;
    let pins = pins.into_iter();
    Ok(pins
        .map(|pin| ((pin.kind, pin.target.clone()), pin))
        .collect())
}

/// What changes of the pins of components, as a plan of a template is told of it: the requirement, or
/// none where the pin goes.
pub fn repinned(
    namespace: &Name,
    pins: &Pins,
    prune: bool,
    present: &Present,
) -> BTreeMap<ComponentRef, Option<Requirement>> {
    let wanted = wanted_pins(namespace, pins);
    let of_components = || wanted.iter().filter(|it| it.name.0 == PinKind::Component);
    let changed = of_components().filter(|it| {
        let found = present.get(&it.name);
        found.is_none_or(|pin| pin.requirement.canonical() != it.requirement.canonical())
    });
    let changed = changed.map(|it| (&it.name.1, Some(it.requirement.clone())));
    let gone = present.keys().filter(|(kind, target)| {
        prune && *kind == PinKind::Component && of_components().all(|it| it.name.1 != *target)
    });
    let all = changed.chain(gone.map(|(_, target)| (target, None)));
    all.filter_map(|(target, requirement)| Some((target.parse().ok()?, requirement)))
        .collect()
}

/// What becomes of pins.
#[derive(Default)]
pub struct PinChanges {
    pub changes: Vec<Change>,
    /// A rollout that runs is left alone as long as it starts from what the folder says.
    pub kept: Vec<Kept>,
    /// Pins that are as the folder says, and mean no version.
    pub warnings: Vec<String>,
}

pub async fn pin_changes(
    namespace: &Name,
    pins: &Pins,
    prune: bool,
    mut present: Present,
    versions: &mut Versions<'_>,
) -> Result<PinChanges> {
    let mut all = PinChanges::default();
    for wanted in wanted_pins(namespace, pins) {
        let meant = wanted.requirement.canonical();
        let (op, note) = match present.remove(&wanted.name) {
            Some(found) if found.requirement.canonical() == meant => {
                all.keep(subject(&wanted.name), &found);
                continue;
            }
            Some(found) => {
                let from = found.requirement.canonical();
                (Op::Change, format!("{from} → {meant}"))
            }
            None => (Op::Add, meant),
        };
        let other = &wanted.family.name.namespace;
        let met = versions.met(&wanted.family, wanted.requirement);
        let (note, obstacle) = match met.await? {
            Met::Yes => (note, None),
            Met::No(why) => (note, Some(why)),
            Met::Untold => {
                let why = format!(
                    "whether it can be set cannot be told beforehand: you may not read {other}"
                );
                (format!("{note}  {why}"), None)
            }
        };
        let change = pin_change(op, wanted.name, note, Some(wanted.requirement.to_string()));
        all.changes.push(change.hindered(obstacle));
    }
    for (name, pin) in present.into_iter().filter(|_| prune) {
        let note = pin.requirement.canonical();
        all.changes.push(pin_change(Op::Remove, name, note, None));
    }
    Ok(all)
}

impl PinChanges {
    /// A pin that is as the folder says.
    fn keep(&mut self, subject: String, pin: &Pin) {
        if pin.version.is_none() {
            let requirement = pin.requirement.canonical();
            let what = "new tasks may take no version that it allows, and are refused";
            self.warnings
                .push(format!("{subject} at {requirement}: {what}"));
        }
        self.kept.extend(pin.rollout.as_ref().map(|rollout| Kept {
            subject,
            note: format!(
                "on a rollout to {} {}",
                rollout.requirement, rollout.percent
            ),
        }));
    }
}

fn subject((kind, target): &PinName) -> String {
    format!("pin {}", kind.pin_name(target))
}

fn wanted_pins<'a>(namespace: &Name, pins: &'a Pins) -> Vec<Wanted<'a>> {
    let components = pins.components.iter().map(|(target, requirement)| {
        let name = target.qualified(namespace);
        let text = match name.namespace == *namespace {
            true => target.component.to_string(),
            false => target.to_string(),
        };
        let kind = PinKind::Component;
        Wanted {
            name: (kind, text),
            family: Family { kind, name },
            requirement,
        }
    });
    let templates = pins.templates.iter().map(|(target, requirement)| Wanted {
        name: (PinKind::Template, target.to_string()),
        family: Family::own(PinKind::Template, namespace, target),
        requirement,
    });
    components.chain(templates).collect()
}

fn pin_change(op: Op, pin: PinName, note: String, requirement: Option<String>) -> Change {
    Change::new(op, subject(&pin), note, Action::Pin { pin, requirement })
}
