//! What of a document breaks the programs that were written for an earlier one.
//!
//! A request that was taken has to be taken, and an answer has to be one that was described. Problems may change.

use serde_json::Value;
use std::collections::BTreeSet;

/// Whether all values of one schema fit another, each in its document.
struct Comparison<'d> {
    wide: &'d Value,
    narrow: &'d Value,
    /// References that are being compared, since types may contain themselves.
    open: BTreeSet<(String, String)>,
    found: Vec<String>,
}

/// What breaks, each with its place.
pub fn breaking_changes(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, operations) in members(&old["paths"]) {
        for (method, before) in members(operations) {
            let after = &new["paths"][path][method];
            let place = format!("{} {path}", method.to_uppercase());
            match after.is_null() {
                true => found.push(format!("{place}: removed")),
                false => {
                    let changes = operation_changes((old, before), (new, after)).into_iter();
                    found.extend(changes.map(|change| format!("{place}: {change}")));
                }
            }
        }
    }
    found
}

fn operation_changes(
    (old, before): (&Value, &Value),
    (new, after): (&Value, &Value),
) -> Vec<String> {
    let mut found = Vec::new();
    if before["operationId"] != after["operationId"] {
        found.push("another operationId".to_owned());
    }
    if before["x-idempotent"] == true && after["x-idempotent"] != true {
        found.push("not idempotent any more".to_owned());
    }
    if before["x-permission"] != after["x-permission"] {
        found.push("another permission".to_owned());
    }
    parameter_changes((old, before), (new, after), &mut found);
    let (body, body_after) = (&before["requestBody"], &after["requestBody"]);
    if body.is_null() && body_after["required"] == true {
        found.push("the body is required".to_owned());
    }
    if body["x-max-bytes"].as_u64() > body_after["x-max-bytes"].as_u64() && !body_after.is_null() {
        found.push("the body may be less large".to_owned());
    }
    for (media_type, content) in members(&body["content"]) {
        let schema = &body_after["content"][media_type]["schema"];
        match schema.is_null() {
            true => found.push(format!("{media_type} is not taken")),
            false => found.extend(compare((new, schema), (old, &content["schema"]), "body")),
        }
    }
    for (status, response) in members(&after["responses"]) {
        if !status.starts_with('2') {
            continue;
        }
        let earlier = &before["responses"][status];
        if earlier.is_null() {
            found.push(format!("it may be answered with {status}"));
        }
        for (media_type, content) in members(&response["content"]) {
            let schema = &earlier["content"][media_type]["schema"];
            match schema.is_null() {
                true => found.push(format!("it may be answered with {media_type}")),
                false => found.extend(compare((old, schema), (new, &content["schema"]), "answer")),
            }
        }
    }
    found
}

fn parameter_changes(
    (old, before): (&Value, &Value),
    (new, after): (&Value, &Value),
    found: &mut Vec<String>,
) {
    let of = |operation: &Value, like: &Value| {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let mut same = parameters.filter(|it| it["name"] == like["name"] && it["in"] == like["in"]);
        same.next().cloned()
    };
    for parameter in items(&before["parameters"]) {
        let name = parameter["name"].as_str().unwrap();
        match of(after, parameter) {
            None => found.push(format!("{name} is not taken")),
            Some(later) => {
                let (wide, narrow) = (&later["schema"], &parameter["schema"]);
                found.extend(compare((new, wide), (old, narrow), name));
                if later["required"] == true && parameter["required"] != true {
                    found.push(format!("{name} is required"));
                }
            }
        }
    }
    for parameter in items(&after["parameters"]) {
        if parameter["required"] == true && of(before, parameter).is_none() {
            found.push(format!("{} is required", parameter["name"]));
        }
    }
}

fn compare(
    (wide, wide_schema): (&Value, &Value),
    (narrow, narrow_schema): (&Value, &Value),
    place: &str,
) -> Vec<String> {
    let (open, found) = Default::default();
    let mut comparison = Comparison {
        wide,
        narrow,
        open,
        found,
    };
    comparison.compare(wide_schema, narrow_schema, place);
    comparison.found
}

impl Comparison<'_> {
    fn compare(&mut self, wide: &Value, narrow: &Value, place: &str) {
        let names = [wide, narrow].map(|it| it["$ref"].as_str().unwrap_or_default().to_owned());
        let [of_wide, of_narrow] = names.clone();
        let are_references = !of_wide.is_empty() && !of_narrow.is_empty();
        if are_references && !self.open.insert((of_wide.clone(), of_narrow.clone())) {
            return;
        }
        let target = |document: &Value, name: &str, schema: &Value| match name {
            "" => schema.clone(),
            name => document
                .pointer(name.trim_start_matches('#'))
                .unwrap()
                .clone(),
        };
        let (wide, narrow) = (
            target(self.wide, &of_wide, wide),
            target(self.narrow, &of_narrow, narrow),
        );
        self.compare_targets(&wide, &narrow, place);
        if are_references {
            self.open.remove(&(of_wide, of_narrow));
        }
    }

    fn compare_targets(&mut self, wide: &Value, narrow: &Value, place: &str) {
        let (choices, alternatives) = (alternatives(wide), alternatives(narrow));
        if choices.len() > 1 || alternatives.len() > 1 {
            for alternative in alternatives {
                let fits = |choice: &&Value| {
                    let (wide, narrow) = ((self.wide, *choice), (self.narrow, alternative));
                    compare(wide, narrow, place).is_empty()
                };
                if !choices.iter().any(fits) {
                    self.found
                        .push(format!("{place}: {alternative} is none of the forms"));
                }
            }
            return;
        }
        self.compare_values(wide, narrow, place);
        self.compare_members(wide, narrow, place);
        if wide["items"].is_object() {
            self.compare(&wide["items"], &narrow["items"], &format!("{place}[]"));
        }
        if wide["additionalProperties"].is_object() && narrow["additionalProperties"].is_object() {
            let (wide, narrow) = (
                &wide["additionalProperties"],
                &narrow["additionalProperties"],
            );
            self.compare(wide, narrow, &format!("{place}.*"));
        }
    }

    fn compare_values(&mut self, wide: &Value, narrow: &Value, place: &str) {
        for keyword in ["type", "enum"] {
            let (of_wide, of_narrow) = (set(&wide[keyword]), set(&narrow[keyword]));
            let is_wider = of_narrow.is_empty() || !of_narrow.is_subset(&of_wide);
            if !of_wide.is_empty() && is_wider {
                self.found.push(format!(
                    "{place}: {keyword} {of_narrow:?} is not within {of_wide:?}"
                ));
            }
        }
        for keyword in ["pattern", "format", "const"] {
            if !wide[keyword].is_null() && wide[keyword] != narrow[keyword] {
                self.found.push(format!("{place}: another {keyword}"));
            }
        }
        let bound = |schema: &Value, keyword: &str| schema[keyword].as_f64();
        for keyword in ["minimum", "minLength", "minItems"] {
            let (of_wide, of_narrow) = (bound(wide, keyword), bound(narrow, keyword));
            if of_wide.is_some_and(|most| of_narrow.is_none_or(|it| it < most)) {
                self.found.push(format!("{place}: a higher {keyword}"));
            }
        }
        for keyword in ["maximum", "maxLength", "maxItems"] {
            let (of_wide, of_narrow) = (bound(wide, keyword), bound(narrow, keyword));
            if of_wide.is_some_and(|least| of_narrow.is_none_or(|it| it > least)) {
                self.found.push(format!("{place}: a lower {keyword}"));
            }
        }
    }

    fn compare_members(&mut self, wide: &Value, narrow: &Value, place: &str) {
        let (of_wide, of_narrow) = (set(&wide["required"]), set(&narrow["required"]));
        for name in of_wide.difference(&of_narrow) {
            self.found.push(format!(
                "{place}: {name} is not always there, or is required"
            ));
        }
        for (name, member) in members(&narrow["properties"]) {
            let place = format!("{place}.{name}");
            let same = &wide["properties"][name];
            match same.is_null() {
                true if wide["additionalProperties"] == false => {
                    self.found.push(format!("{place}: is not taken"));
                }
                true => {}
                false => self.compare(same, member, &place),
            }
        }
    }
}

/// The forms of a schema that has several, or itself.
fn alternatives(schema: &Value) -> Vec<&Value> {
    let several = ["anyOf", "oneOf"]
        .into_iter()
        .find_map(|it| schema[it].as_array());
    several.map_or_else(|| vec![schema], |them| them.iter().collect())
}

/// One value, or those of a list, as texts.
fn set(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Null => BTreeSet::new(),
        Value::Array(items) => items.iter().map(Value::to_string).collect(),
        one => BTreeSet::from([one.to_string()]),
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
