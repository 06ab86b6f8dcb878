//! What a folder says of pins, and what of it a host has yet to learn.

use super::change::{Action, Change, Kept, Op, PinName};
use super::folder::Pins;
use super::versions::{Met, Versions};
use crate::client::pages;
use crate::{CliError, Context};
use std::collections::BTreeMap;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{ComponentRef, QualifiedName, Requirement};
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::pin::{ListPins, Pin, Rollout};

/// A pin as the folder says it.
struct Wanted<'a> {
    name: PinName,
    target: QualifiedName,
    requirement: &'a Requirement,
}

/// The pins that a namespace has, by kind and target.
pub type Present = BTreeMap<PinName, Pin>;

pub async fn present(namespace: &Name, context: &Context) -> Result<Present, CliError> {
    let query = NamespacePageQuery::of(Some(namespace.clone()));
    let page = pages(&context.client, ListPins {}, query).await?;
    let pins = page.value.items.into_iter();
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
    let changed = changed.map(|it| (it.name.1.clone(), Some(it.requirement.clone())));
    let gone = present.keys().filter(|(kind, target)| {
        prune && *kind == PinKind::Component && of_components().all(|it| it.name.1 != *target)
    });
    let gone = gone.map(|(_, target)| (target.clone(), None));
    let all = changed.chain(gone);
    all.filter_map(|(target, requirement)| Some((target.parse().ok()?, requirement)))
        .collect()
}

/// A rollout that runs is left alone as long as it starts from what the folder says.
pub async fn pin_changes(
    namespace: &Name,
    pins: &Pins,
    prune: bool,
    mut present: Present,
    versions: &mut Versions,
    kept: &mut Vec<Kept>,
    context: &Context,
) -> Result<Vec<Change>, CliError> {
    let mut changes = Vec::new();
    for wanted in wanted_pins(namespace, pins) {
        let (requirement, meant) = (
            wanted.requirement.to_string(),
            wanted.requirement.canonical(),
        );
        let found = present.remove(&wanted.name);
        let (op, note) = match found {
            Some(found) if found.requirement.canonical() == meant => {
                kept.extend(rolling_out(&wanted.name, found.rollout.as_ref()));
                continue;
            }
            Some(found) => {
                let from = found.requirement.canonical();
                (Op::Change, format!("{from} → {meant}"))
            }
            None => (Op::Add, meant),
        };
        let met = versions.met(wanted.name.0, &wanted.target, wanted.requirement, context);
        let (note, obstacle) = match met.await? {
            Met::Yes => (note, None),
            Met::No(why) => (note, Some(why)),
            Met::Untold => (untold(&note, &wanted.target), None),
        };
        let change = pin_change(op, wanted.name, note, Some(requirement));
        changes.push(Change { obstacle, ..change });
    }
    for (name, pin) in present.into_iter().filter(|_| prune) {
        let note = pin.requirement.canonical();
        changes.push(pin_change(Op::Remove, name, note, None));
    }
    Ok(changes)
}

fn untold(note: &str, target: &QualifiedName) -> String {
    format!(
        "{note}  whether it can be set cannot be told beforehand: you may not read {}",
        target.namespace
    )
}

fn rolling_out(name: &PinName, rollout: Option<&Rollout>) -> Option<Kept> {
    let rollout = rollout?;
    Some(Kept {
        subject: subject(name),
        note: format!(
            "on a rollout to {} {}",
            rollout.requirement, rollout.percent
        ),
    })
}

fn subject((kind, target): &PinName) -> String {
    format!("pin {}", kind.pin_name(target))
}

fn wanted_pins<'a>(namespace: &Name, pins: &'a Pins) -> Vec<Wanted<'a>> {
    let components = pins.components.iter().map(|(target, requirement)| {
        let is_own = target.namespace.as_ref().is_none_or(|of| of == namespace);
        let text = match is_own {
            true => target.component.to_string(),
            false => target.to_string(),
        };
        Wanted {
            name: (PinKind::Component, text),
            target: target.qualified(namespace),
            requirement,
        }
    });
    let templates = pins.templates.iter().map(|(target, requirement)| Wanted {
        name: (PinKind::Template, target.to_string()),
        target: QualifiedName {
            namespace: namespace.clone(),
            name: target.clone(),
        },
        requirement,
    });
    components.chain(templates).collect()
}

fn pin_change(op: Op, pin: PinName, note: String, requirement: Option<String>) -> Change {
    Change {
        op,
        subject: subject(&pin),
        note,
        action: Action::Pin { pin, requirement },
        obstacle: None,
    }
}
