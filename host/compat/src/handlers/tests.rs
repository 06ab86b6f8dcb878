use super::*;
use crate::Level;
use serde_json::json;

/// A component whose one handler `charge` says this of itself.
struct Charge {
    name: Name,
    input: Value,
    result: Value,
    errors: Vec<String>,
    retry: Option<Value>,
    capabilities: Vec<String>,
}

impl Charge {
    fn new() -> Self {
        Self {
            name: "charge".parse().unwrap(),
            input: json!({"type": "object", "required": ["amount"],
                          "properties": {"amount": {"type": "integer", "maximum": 100}}}),
            result: json!({"type": "object", "required": ["id"],
                           "properties": {"id": {"type": "string"}}}),
            errors: vec!["declined".to_owned()],
            retry: None,
            capabilities: vec!["http".to_owned()],
        }
    }

    fn with(change: impl FnOnce(&mut Self)) -> Self {
        let mut charge = Self::new();
        change(&mut charge);
        charge
    }

    fn face(&self) -> ComponentFace<'_> {
        ComponentFace {
            handlers: Some(vec![HandlerFace {
                name: &self.name,
                description: None,
                input_schema: Some(&self.input),
                result_schema: Some(&self.result),
                error_codes: &self.errors,
                retry: self.retry.as_ref(),
            }]),
            capabilities: &self.capabilities,
        }
    }
}

fn told(new: &Charge) -> Vec<String> {
    let changes = compare(&Charge::new().face(), &new.face());
    changes.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn assert_told(change: impl FnOnce(&mut Charge), expected: &[&str]) {
    assert_eq!(told(&Charge::with(change)), expected);
}

#[test]
fn a_narrowed_input_is_major_and_a_widened_one_minor() {
    assert_told(
        |it| it.input["properties"]["amount"]["maximum"] = json!(50),
        &["major: handlers.charge.input/amount: maximum 100 → 50"],
    );
    assert_told(
        |it| it.input["properties"]["amount"]["maximum"] = json!(500),
        &["minor: handlers.charge.input/amount: maximum 100 → 500"],
    );
    assert_told(
        |it| it.input["required"] = json!(["amount", "currency"]),
        &["major: handlers.charge.input/currency: must be there now"],
    );
}

#[test]
fn a_default_does_not_help_since_the_host_leaves_the_input_of_a_handler_alone() {
    assert_told(
        |it| {
            it.input["required"] = json!(["amount", "currency"]);
            it.input["properties"]["currency"] = json!({"default": "EUR"});
        },
        &["major: handlers.charge.input/currency: must be there now"],
    );
}

#[test]
fn naming_an_optional_member_of_the_input_is_minor() {
    assert_told(
        |it| it.input["properties"]["note"] = json!({"type": "string"}),
        &["minor: handlers.charge.input/note: has a name and a schema now"],
    );
}

#[test]
fn a_widened_result_is_major_and_a_narrowed_one_minor() {
    assert_told(
        |it| it.result["required"] = json!([]),
        &["major: handlers.charge.result/id: need not be there any more"],
    );
    assert_told(
        |it| it.result["properties"]["id"]["minLength"] = json!(8),
        &["minor: handlers.charge.result/id: minLength none → 8"],
    );
    assert_told(
        |it| it.result["properties"]["id"]["type"] = json!(["string", "null"]),
        &["major: handlers.charge.result/id: type string → null or string"],
    );
}

#[test]
fn error_codes_capabilities_and_defaults_are_never_major() {
    assert_told(
        |it| it.errors.push("expired".to_owned()),
        &["minor: handlers.charge.errors: `expired` is new"],
    );
    assert_told(
        |it| it.errors.clear(),
        &["minor: handlers.charge.errors: `declined` is no longer returned"],
    );
    assert_told(
        |it| it.capabilities.push("kv".to_owned()),
        &["minor: capabilities: `kv` is requested now"],
    );
    assert_told(
        |it| it.capabilities.clear(),
        &["patch: capabilities: `http` is no longer requested"],
    );
    assert_told(
        |it| it.retry = Some(json!({"max_attempts": 5})),
        &["patch: handlers.charge.retry: the defaults are different"],
    );
    assert_told(|_| {}, &[]);
}

#[test]
fn another_name_is_a_handler_that_is_gone_and_one_that_is_new() {
    assert_told(
        |it| it.name = "bill".parse().unwrap(),
        &[
            "major: handlers.charge: the handler is no longer there",
            "minor: handlers.bill: the handler is new",
        ],
    );
}

#[test]
fn a_schema_that_says_the_same_in_other_words_is_a_patch() {
    assert_told(
        |it| it.input["properties"]["amount"]["description"] = json!("in cents"),
        &["patch: handlers.charge.input: the schema is written differently"],
    );
}

#[test]
fn a_component_may_begin_to_describe_itself_but_not_cease_to() {
    let silent = ComponentFace {
        handlers: None,
        capabilities: &[],
    };
    let charge = Charge::with(|it| it.capabilities.clear());
    let level = |old: &ComponentFace<'_>, new: &ComponentFace<'_>| compare(old, new)[0].level;
    assert_eq!(level(&silent, &charge.face()), Level::Minor);
    assert_eq!(level(&charge.face(), &silent), Level::Major);
}
