//! What a line of a task's log says.

use crate::{json, units};
use tasker_wire::failure::Failure;
use tasker_wire::transition::Transition;

/// How long `null` is as text.
const NULL_BYTES: u64 = 4;

/// The payload of an event, in one line; its size where it is large.
pub fn payload(event: &Transition) -> String {
    match (&event.detail, event.detail_bytes) {
        (Some(payload), _) => json::compact(payload.get()),
        // JSON's null is read as none, and a payload that was left out is larger.
        (None, Some(bytes)) if bytes > NULL_BYTES => {
            let (size, seq) = (units::size(bytes), event.seq);
            format!("({size}: tasker task detail … {seq})")
        }
        (None, _) => "null".to_owned(),
    }
}

/// Why the state changed, as far as it is told.
pub fn why(change: &Transition) -> String {
    let failure = change.detail.as_deref().map(Failure::of);
    failure.unwrap_or_default().text()
}
