//! Tasks and steps for tests: what a test names, and something for all else.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tasker_wire::step::Step;
use tasker_wire::task::Task;

/// A step with these members of a JSON object.
pub fn step(members: &str) -> Step {
    let usual = json!({
        "name": "step", "state": "waiting", "attempts": 0, "max_attempts": 1, "depends_on": [],
        "component": "orders/parcels", "version": "1.0.0", "digest": "0".repeat(64), "handler": "ship",
    });
    let mut whole = filled([usual, read(members)]);
    if whole.get("counted_attempts").is_none() {
        whole["counted_attempts"] = whole["attempts"].clone();
    }
    read(&whole.to_string())
}

/// A task with these members of a JSON object, and these steps.
pub fn task(members: &str, steps: Vec<Step>) -> Task {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &steps {
        *counts.entry(step.state.into_str()).or_default() += 1;
    }
    let usual = json!({
        "id": "01890000-0000-7000-8000-000000000000", "namespace": "orders", "template": "fulfil",
        "version": "1.2.0", "state": "in_progress", "created_at": "2026-01-01T00:00:00Z",
        "correlation_id": "", "input_bytes": 2, "seq": 7, "lock": [], "step_counts": counts, "steps": steps,
    });
    read(&filled([usual, read(members)]).to_string())
}

/// The members of both; those of the second where both have them.
fn filled([mut usual, named]: [Value; 2]) -> Value {
    for (name, value) in named.as_object().into_iter().flatten() {
        usual[name] = value.clone();
    }
    usual
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("a sample is JSON of its type")
}
