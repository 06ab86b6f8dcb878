//! What became of pins when a version was taken out of use.

use serde::Serialize;
use tasker_registry::hidden::keep;
use tasker_registry::store::pin::{AffectedPins, PinKind, RolledBack, Unresolvable};

/// Part of the answer to a yank or a quarantine.
#[derive(Serialize)]
pub struct AffectedPinsView {
    /// Pins that went back to what they were before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pins: Vec<FallBackView>,
    /// Pins that mean no version any more: new tasks that they are about are refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stranded_pins: Vec<StrandedView>,
    /// Such pins of namespaces that the caller may not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden_pins: Option<usize>,
}

#[derive(Serialize)]
struct FallBackView {
    namespace: String,
    kind: PinKind,
    target: String,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct StrandedView {
    namespace: String,
    kind: PinKind,
    target: String,
    requirement: String,
}

impl AffectedPinsView {
    /// Of the pins, those of namespaces that the caller may read are named.
    pub fn of(pins: AffectedPins, may_read: impl Fn(&str) -> bool) -> Self {
        let AffectedPins {
            mut fell_back,
            mut stranded,
        } = pins;
        let fell_unseen = keep(&mut fell_back, |it| may_read(&it.pin.namespace));
        let stranded_unseen = keep(&mut stranded, |it| may_read(&it.namespace));
        Self {
            hidden_pins: Some(fell_unseen + stranded_unseen).filter(|count| *count > 0),
            pins: fell_back.into_iter().map(FallBackView::from).collect(),
            stranded_pins: stranded.into_iter().map(StrandedView::from).collect(),
        }
    }
}

impl From<RolledBack> for FallBackView {
    fn from(fell: RolledBack) -> Self {
        Self {
            namespace: fell.pin.namespace,
            kind: fell.pin.kind,
            target: fell.pin.target,
            from: fell.from.to_string(),
            to: fell.pin.requirement,
        }
    }
}

impl From<Unresolvable> for StrandedView {
    fn from(pin: Unresolvable) -> Self {
        Self {
            namespace: pin.namespace,
            kind: pin.kind,
            target: pin.target,
            requirement: pin.requirement.to_string(),
        }
    }
}
