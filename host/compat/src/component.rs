//! What a version of a component changes.

use crate::CompatChange;
use crate::events::compare_events;
use crate::exports::{ExportChange, compare_exports, has_own_exports};
use crate::handlers::{self, ComponentFace, HandlerFace};
use crate::subscribers::compare_subscribers;
use tasker_domain::descriptor::Descriptor;

/// What the second of two components changes, each with its bytes; neither needs to be stored.
pub fn compare_components(
    old: (&Descriptor, &[u8]),
    new: (&Descriptor, &[u8]),
) -> Vec<CompatChange> {
    let mut changes = match asks_for_bytes(old.0, new.0) {
        true => changed_exports(old.1, new.1),
        false => Vec::new(),
    };
    changes.extend(changed_handlers(old.0, new.0));
    changes
}

/// Whether they export more than handlers, which only the bytes show.
pub fn asks_for_bytes(old: &Descriptor, new: &Descriptor) -> bool {
    has_own_exports(&old.exports) || has_own_exports(&new.exports)
}

/// What changes beside handlers. Takes a while for large components.
pub fn changed_exports(old: &[u8], new: &[u8]) -> Vec<CompatChange> {
    let changes = compare_exports(old, new).into_iter();
    changes.map(export_change).collect()
}

/// Changes of handlers, of subscribers, of the capabilities that they request, and of the events that they declare.
pub fn changed_handlers(old: &Descriptor, new: &Descriptor) -> Vec<CompatChange> {
    let mut changes = handlers::compare(&face(old), &face(new));
    changes.extend(compare_subscribers(old, new));
    changes.extend(compare_events(&old.events, &new.events));
    changes
}

fn face(descriptor: &Descriptor) -> ComponentFace<'_> {
    let handlers = descriptor.handlers.as_ref();
    let handlers = handlers.map(|handlers| {
        let face = handlers.iter().map(|handler| HandlerFace {
            name: &handler.name,
            description: handler.description.as_deref(),
            input_schema: handler.input_schema.as_ref(),
            result_schema: handler.result_schema.as_ref(),
            error_codes: &handler.error_codes,
            retry: handler.retry.as_ref(),
        });
        face.collect()
    });
    ComponentFace {
        handlers,
        capabilities: &descriptor.capabilities,
    }
}

fn export_change(change: ExportChange) -> CompatChange {
    let path = |name: String| format!("exports.{name}");
    match change {
        ExportChange::Removed(name) => CompatChange::major(path(name), "is no longer exported"),
        ExportChange::Added(name) => CompatChange::minor(path(name), "is exported now"),
        ExportChange::Changed(name, reason) => {
            CompatChange::major(path(name), format!("has another shape: {reason}"))
        }
        ExportChange::Unreadable(reason) => {
            CompatChange::major("exports", format!("cannot be compared: {reason}"))
        }
    }
}
