//! What became of pins when a version was taken out of use.

use super::output::Output;
use super::paint::Tone;
use super::pin_name::canonical;
use super::{pin_name, units};
use serde::Deserialize;
use tasker_domain::pin::PinKind;

/// Part of the answer to a yank or a quarantine.
#[derive(Debug, Deserialize)]
pub struct AffectedPins {
    /// Those that went back to what they were before.
    #[serde(default)]
    pins: Vec<RolledBack>,
    /// Those that mean no version any more.
    #[serde(default)]
    stranded_pins: Vec<Unresolvable>,
    /// Such pins of namespaces that the caller may not read.
    #[serde(default)]
    hidden_pins: usize,
}

#[derive(Debug, Deserialize)]
struct RolledBack {
    namespace: String,
    kind: PinKind,
    target: String,
    from: String,
    to: String,
}

#[derive(Debug, Deserialize)]
struct Unresolvable {
    namespace: String,
    kind: PinKind,
    target: String,
    requirement: String,
}

impl AffectedPins {
    /// A line a pin, each after a line break; empty where no pin was concerned.
    pub fn lines(&self, output: Output) -> String {
        let back = output.paint.tone(Tone::Caution, "↩");
        let fell = self.pins.iter().map(|it| {
            let pin = pin_name::named(it.kind, &it.namespace, &it.target);
            let (from, to) = (canonical(&it.from), canonical(&it.to));
            format!("\n{back} {pin}: {from} → {to}")
        });
        let cross = output.paint.tone(Tone::Bad, "✘");
        let stranded = self.stranded_pins.iter().map(|it| {
            let pin = pin_name::named(it.kind, &it.namespace, &it.target);
            let requirement = canonical(&it.requirement);
            format!("\n{cross} {pin}: {requirement} has nothing left: new tasks are refused")
        });
        let hidden = (self.hidden_pins > 0).then(|| {
            let pins = units::count(self.hidden_pins, "pin");
            format!("\n{back} {pins} in namespaces that you may not read")
        });
        fell.chain(stranded).chain(hidden).collect()
    }

    /// What gives new tasks a version again, first of all.
    pub fn next(&self) -> Vec<String> {
        let set = |it: &Unresolvable| {
            let pin = pin_name::arguments(it.kind, &it.namespace, &it.target);
            format!("tasker pin set {pin} REQUIREMENT")
        };
        let history = |it: &RolledBack| {
            let pin = pin_name::arguments(it.kind, &it.namespace, &it.target);
            format!("tasker pin history {pin}")
        };
        let set = self.stranded_pins.iter().take(1).map(set);
        set.chain(self.pins.iter().take(1).map(history)).collect()
    }
}
