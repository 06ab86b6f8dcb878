//! What a component says of itself: the same in every language.

use super::language::Built;
use crate::sandbox::attempt::sandbox;
use serde_json::{Value, json};

/// Handlers of the suite that every component has.
const HANDLERS: [&str; 18] = [
    "about",
    "beats",
    "big",
    "clock",
    "crashes",
    "depends",
    "echo",
    "fails",
    "fetches",
    "keeps",
    "logs",
    "place_order",
    "portions",
    "prints",
    "random",
    "secret",
    "sends",
    "throws",
];

/// What the descriptor lacks.
pub async fn faults(built: &Built) -> Vec<String> {
    let inspected = sandbox().inspect(built.handlers).await;
    let descriptor = match inspected {
        Ok(inspected) => inspected.descriptor,
        Err(refused) => return vec![format!("the component is refused: {refused:?}")],
    };
    let mut faults = Vec::new();
    let mut expect = |is_so: bool, what: &str| {
        if !is_so {
            faults.push(format!("descriptor: {what}: {descriptor:?}"));
        }
    };
    let handlers = descriptor.handlers.clone().unwrap_or_default();
    let mut names: Vec<&str> = handlers.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    expect(names == HANDLERS, "it lists every handler");
    expect(
        descriptor.capabilities == ["kv counters", "events orders"],
        "it says what it wants to be granted",
    );
    let order = handlers.iter().find(|it| it.name.as_str() == "place_order");
    let Some(order) = order else {
        return faults;
    };
    expect(
        order.description.as_deref() == Some("Counts the items of an order."),
        "the comment of a handler is its description",
    );
    expect(
        order.error_codes == ["nothing_ordered"],
        "it has its error codes",
    );
    faults.extend(schema_faults(
        "input",
        order.input_schema.as_ref(),
        &inputs(),
    ));
    faults.extend(schema_faults(
        "result",
        order.result_schema.as_ref(),
        &results(),
    ));
    faults.extend(event_faults(&descriptor.events));
    faults
}

/// Values, and whether the schema is to take them.
fn inputs() -> Vec<(Value, bool)> {
    let line = json!({"sku": "x", "count": 2});
    vec![
        (
            json!({"id": "a", "kind": "card", "price": 2.5, "lines": [line]}),
            true,
        ),
        (
            json!({"id": "a", "kind": "cash", "price": 2, "lines": [], "note": "n"}),
            true,
        ),
        (
            json!({"id": "a", "kind": "gold", "price": 2.5, "lines": []}),
            false,
        ),
        (
            json!({"id": "a", "kind": "card", "price": "2.5", "lines": []}),
            false,
        ),
        (json!({"id": "a", "kind": "card", "price": 2.5}), false),
        (
            json!({"id": "a", "kind": "card", "price": 2.5, "lines": [{"sku": "x"}]}),
            false,
        ),
        (
            json!({"id": "a", "kind": "card", "price": 2.5, "lines": [{"sku": "x", "count": 1.5}]}),
            false,
        ),
        (json!([]), false),
    ]
}

fn results() -> Vec<(Value, bool)> {
    vec![
        (
            json!({"id": "a", "items": 1, "total": 2.5, "kind": "card", "note": null}),
            true,
        ),
        (
            json!({"id": "a", "items": 1, "total": 2.5, "kind": "card", "note": "n"}),
            true,
        ),
        (
            json!({"id": "a", "items": "1", "total": 2.5, "kind": "card", "note": null}),
            false,
        ),
        (
            json!({"items": 1, "total": 2.5, "kind": "card", "note": null}),
            false,
        ),
    ]
}

fn schema_faults(what: &str, schema: Option<&Value>, values: &[(Value, bool)]) -> Vec<String> {
    let Some(schema) = schema else {
        return vec![format!(
            "descriptor: place_order has no schema of its {what}"
        )];
    };
    let validator = jsonschema::validator_for(schema);
    let validator = match validator {
        Ok(validator) => validator,
        Err(error) => return vec![format!("descriptor: the schema of the {what}: {error}")],
    };
    let wrong = values
        .iter()
        .filter(|(value, fits)| validator.is_valid(value) != *fits);
    wrong
        .map(|(value, fits)| format!("descriptor: the {what} {value}: fits {fits}: {schema}"))
        .collect()
}

fn event_faults(events: &impl std::fmt::Debug) -> Vec<String> {
    let shown = format!("{events:?}");
    let is_declared = shown.contains("orders.charged")
        && shown.contains("An order was charged.")
        && shown.contains("amount");
    match is_declared {
        true => Vec::new(),
        false => vec![format!(
            "descriptor: it declares the event with its schema: {shown}"
        )],
    }
}
