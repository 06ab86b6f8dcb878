//! `tasker component approve`

use super::show;
use crate::{Told, words};
use tasker_wire::component::ComponentVersion;

/// That a version is approved, and what was granted by it.
pub fn told(version: &ComponentVersion) -> Told {
    let release = version.release();
    let done = match version.ineligible().map(words) {
        None => format!("{release} is approved: new tasks may take it"),
        Some(reason) => format!("{release} is approved, but {reason}: new tasks don't take it"),
    };
    let granted = version.granted.iter().flatten();
    let granted = granted.map(|it| format!("\n  granted in {}: {}", it.namespace, it.capability));
    let mut next = show::next(version);
    next.push(format!("tasker grant ls {}", version.namespace));
    (done + &granted.collect::<String>(), next)
}
