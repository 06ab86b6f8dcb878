//! Checks each step by itself.

use super::fields::{Field, Fields};
use super::{json_schema, policy};
use crate::shown::cut;
use crate::template::definition::Step;
use crate::template::position::Findings;
use crate::template::retry::PolicySettings;
use crate::template::{MAX_DEPENDENCIES, MAX_STEPS};
use serde_json::Value;

pub(super) const KEYS: [&str; 8] = [
    "name",
    "handler",
    "depends_on",
    "config",
    "retry",
    "timeout",
    "limits",
    "result_schema",
];

/// A step as far as it could be read.
pub(super) struct Draft<'a> {
    /// Text, though perhaps not a name.
    pub name: Option<Field<'a>>,
    /// Texts, though perhaps not names of steps.
    pub depends_on: Vec<Field<'a>>,
    pub policy: PolicySettings,
    /// `None` if something is wrong with it.
    pub step: Option<Step>,
}

impl<'a> Draft<'a> {
    /// The name as it was written.
    pub fn label(&self) -> Option<&'a str> {
        self.name.as_ref().and_then(|field| field.value.text())
    }
}

/// All steps of a template, in the order of the source.
pub(super) fn drafts<'a>(
    template: &Fields<'a>,
    defaults: &PolicySettings,
    findings: &mut Findings,
) -> Vec<Draft<'a>> {
    let Some(field) = template.required("steps", "[{name: …, handler: …}]", findings) else {
        return Vec::new();
    };
    let before = findings.count();
    let items = field.items(findings);
    let at = template.key_position("steps").unwrap_or(field.value.at);
    let message = match items.len() {
        0 if findings.count() > before => return Vec::new(),
        0 => "a template has at least one step; write `- name: …` and `handler: …`".to_owned(),
        steps if steps > MAX_STEPS => {
            format!("there are {steps} steps; the limit is {MAX_STEPS}; split the template")
        }
        _ => {
            return items
                .iter()
                .map(|item| draft(item, defaults, findings))
                .collect();
        }
    };
    findings.push(at, &field.path, message);
    Vec::new()
}

fn draft<'a>(item: &Field<'a>, defaults: &PolicySettings, findings: &mut Findings) -> Draft<'a> {
    let Some(fields) = Fields::of(item, &KEYS, findings) else {
        let policy = PolicySettings::default();
        return Draft {
            name: None,
            depends_on: Vec::new(),
            policy,
            step: None,
        };
    };
    let name = fields.required("name", "charge", findings);
    let parsed_name = name
        .as_ref()
        .and_then(|field| field.parsed("charge", findings));
    let handler = fields.required("handler", "payments/charge@^1.4", findings);
    let handler = handler.and_then(|field| field.parsed("payments/charge@^1.4", findings));
    let depends_on = depends_on(&fields, findings);
    let policy = policy::settings(&fields, defaults, findings);
    let result_schema = fields
        .get("result_schema")
        .map(|field| json_schema(&field, findings));
    let step = parsed_name.zip(handler).map(|(name, handler)| Step {
        name,
        handler,
        depends_on: depends_on
            .iter()
            .filter_map(|field| field.value.text()?.parse().ok())
            .collect(),
        config: fields
            .get("config")
            .map_or(Value::Null, |field| field.value.to_json()),
        policy: policy.clone(),
        result_schema,
    });
    Draft {
        name: name.filter(|field| field.value.text().is_some()),
        depends_on,
        policy,
        step,
    }
}

fn depends_on<'a>(fields: &Fields<'a>, findings: &mut Findings) -> Vec<Field<'a>> {
    let Some(field) = fields.get("depends_on") else {
        return Vec::new();
    };
    if let Some(one) = field.value.text() {
        let one = cut(one);
        field.report(
            format!("expected a list of step names; write `[{one}]`"),
            findings,
        );
        return Vec::new();
    }
    let mut items = field.items(findings);
    items.truncate(MAX_DEPENDENCIES + 1);
    items.retain(|item| item.text("validate", findings).is_some());
    items
}
