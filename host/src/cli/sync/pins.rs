//! What a folder says of pins, and what of it a host has yet to learn.

use super::folder::Pins;
use super::plan::{Action, Change, Kept, Op, PinName};
use super::versions::Versions;
use crate::cli::{CliError, Context, list, view};
use crate::domain::name::Name;
use crate::domain::requirement::{QualifiedName, Requirement};
use std::collections::BTreeMap;

/// A pin as the folder says it.
struct Wanted<'a> {
    name: PinName,
    target: QualifiedName,
    requirement: &'a Requirement,
}

/// A ramp that runs is left alone as long as it starts from what the folder says.
pub async fn pin_changes(
    namespace: &Name,
    pins: &Pins,
    prune: bool,
    versions: &mut Versions,
    kept: &mut Vec<Kept>,
    context: &Context,
) -> Result<Vec<Change>, CliError> {
    let query = [("namespace", namespace.to_string())];
    let page = list::all::<view::Pin>(&context.client, &["pins"], &query).await?;
    let mut present: BTreeMap<(String, String), view::Pin> = BTreeMap::new();
    for pin in page.value.items {
        present.insert((pin.kind.clone(), pin.target.clone()), pin);
    }
    let mut changes = Vec::new();
    for wanted in wanted_pins(namespace, pins) {
        let (kind, target) = wanted.name.clone();
        let (requirement, meant) = (
            wanted.requirement.to_string(),
            wanted.requirement.canonical(),
        );
        let found = present.remove(&(kind.to_owned(), target));
        let (op, note) = match found {
            Some(found) if view::canonical(&found.requirement) == meant => {
                kept.extend(ramping(&wanted.name, found.ramp.as_ref()));
                continue;
            }
            Some(found) => {
                let from = view::canonical(&found.requirement);
                (Op::Change, format!("{from} → {meant}"))
            }
            None => (Op::Add, meant),
        };
        let obstacle = versions.met(kind, &wanted.target, wanted.requirement, context);
        let obstacle = obstacle.await?.err();
        let change = pin_change(op, wanted.name, note, Some(requirement));
        changes.push(Change { obstacle, ..change });
    }
    for ((kind, target), pin) in present.into_iter().filter(|_| prune) {
        let kind = if kind == "template" {
            "template"
        } else {
            "component"
        };
        let name = (kind, target);
        let note = view::canonical(&pin.requirement);
        changes.push(pin_change(Op::Remove, name, note, None));
    }
    Ok(changes)
}

fn ramping(name: &PinName, ramp: Option<&view::Ramp>) -> Option<Kept> {
    let ramp = ramp?;
    Some(Kept {
        subject: format!("pin {} {}", name.0, name.1),
        note: format!("on a ramp to {} {} %", ramp.requirement, ramp.percent),
    })
}

fn wanted_pins<'a>(namespace: &Name, pins: &'a Pins) -> Vec<Wanted<'a>> {
    let components = pins.components.iter().map(|(target, requirement)| {
        let is_own = target.namespace.as_ref().is_none_or(|of| of == namespace);
        let text = match is_own {
            true => target.component.to_string(),
            false => target.to_string(),
        };
        Wanted {
            name: ("component", text),
            target: target.qualified(namespace),
            requirement,
        }
    });
    let templates = pins.templates.iter().map(|(target, requirement)| Wanted {
        name: ("template", target.to_string()),
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
        subject: format!("pin {} {}", pin.0, pin.1),
        note,
        action: Action::Pin { pin, requirement },
        obstacle: None,
    }
}
