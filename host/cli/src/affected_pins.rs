//! What became of pins when a version was taken out of use.

use super::pin_name::canonical;
use super::{Tone, bad, pin_name, units};
use tasker_wire::definition::{AffectedPins, RolledBackPin, UnresolvablePin};

/// A line a pin, each after a line break; empty where no pin was concerned.
pub fn lines(pins: &AffectedPins) -> String {
    let back = Tone::Caution.of("↩");
    let rolled_back = pins.pins.iter().map(|it| {
        let pin = pin_name::named(it.kind, &it.namespace, &it.target);
        let (from, to) = (canonical(&it.from), canonical(&it.to));
        format!("\n{back} {pin}: {from} → {to}")
    });
    let unresolvable = pins.unresolvable_pins.iter().map(|it| {
        let pin = pin_name::named(it.kind, &it.namespace, &it.target);
        let requirement = canonical(&it.requirement);
        let what = format!("{pin}: {requirement} has nothing left: new tasks are refused");
        format!("\n{}", bad(what))
    });
    let hidden = pins.hidden_pins.map(|count| {
        let pins = units::count(count, "pin");
        format!("\n{back} {pins} in namespaces that you may not read")
    });
    rolled_back.chain(unresolvable).chain(hidden).collect()
}

/// What gives new tasks a version again, first of all.
pub fn next(pins: &AffectedPins) -> Vec<String> {
    let set = |it: &UnresolvablePin| {
        let pin = pin_name::arguments(it.kind, &it.namespace, &it.target);
        format!("tasker pin set {pin} REQUIREMENT")
    };
    let history = |it: &RolledBackPin| {
        let pin = pin_name::arguments(it.kind, &it.namespace, &it.target);
        format!("tasker rollout history {pin}")
    };
    let set = pins.unresolvable_pins.iter().take(1).map(set);
    set.chain(pins.pins.iter().take(1).map(history)).collect()
}
