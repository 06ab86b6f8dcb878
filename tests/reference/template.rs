//! Every key of a template, from its JSON Schema.

use super::{cell, code, hold_chapter, table};
use serde_json::Value;
use tasker_domain::template::template_schema;

const INTRODUCTION: &str = "\
# Template keys

A template is one mapping of YAML. [Templates](../templates.md) describes how its parts work together. This is every key
of it, as its JSON Schema has them. Unknown keys are refused; a key with nothing behind it is as no key.

```console
$ tasker template schema > template.schema.json
$ tasker template check fulfil.yaml
```

Editors with the YAML language server complete and check a template that begins with this line, offline, with the file
beside it:

```yaml
# yaml-language-server: $schema=template.schema.json
```

A host serves the schema too, at `/docs/reference/template.schema.json`. `tasker template check` finds more than the schema
can say: names of no step, cycles, schemas that do not compile.
";

const PARTS: [(&str, &str); 6] = [
    ("step", "A step"),
    ("retry", "retry"),
    ("limits", "limits"),
    ("event", "An event"),
    ("environment", "An environment"),
    ("step_override", "A step of an environment"),
];

#[test]
fn the_chapter_on_templates_has_every_key() {
    let schema = template_schema();
    let mut text = INTRODUCTION.to_owned();
    text += &format!("\n## The template\n\n{}", keys(&schema));
    for (name, title) in PARTS {
        let part = &schema["$defs"][name];
        let description = cell(part["description"].as_str().unwrap());
        text += &format!("\n## {title}\n\n{description}\n\n{}", keys(part));
    }
    text += "\n## Values\n\n";
    let rows: Vec<Vec<String>> = ["name", "handler", "duration"]
        .iter()
        .map(|name| {
            let value = &schema["$defs"][name];
            vec![
                (*name).to_owned(),
                cell(value["description"].as_str().unwrap()),
            ]
        })
        .collect();
    text += &table(&["value", "form"], &rows);
    hold_chapter("template.md", &text);
}

/// The keys of a mapping as a table, those that are required first.
fn keys(mapping: &Value) -> String {
    let required: Vec<&str> = mapping["required"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let properties = mapping["properties"].as_object().unwrap();
    let others = properties
        .keys()
        .map(String::as_str)
        .filter(|it| !required.contains(it));
    let rows: Vec<Vec<String>> = required
        .iter()
        .copied()
        .chain(others)
        .map(|key| {
            let value = &properties[key];
            let name = match required.contains(&key) {
                true => format!("{}, required", code(key)),
                false => code(key),
            };
            let default = value["default"].clone();
            let default = match default {
                Value::Null => String::new(),
                Value::String(text) => code(&text),
                other => code(&other.to_string()),
            };
            vec![name, form(value), default, meaning(value)]
        })
        .collect();
    table(&["key", "form", "default", "meaning"], &rows)
}

fn meaning(value: &Value) -> String {
    let own = value["description"].as_str();
    let of_definition = || {
        let name = definition(value)?;
        let schema = template_schema();
        Some(schema["$defs"][name]["description"].as_str()?.to_owned())
    };
    cell(
        &own.map(str::to_owned)
            .or_else(of_definition)
            .unwrap_or_default(),
    )
}

/// The definition that a value refers to.
fn definition(value: &Value) -> Option<&str> {
    let of = |value: &'_ Value| value["$ref"].as_str().map(str::len);
    let reference = match of(value) {
        Some(_) => value["$ref"].as_str(),
        None => value["anyOf"]
            .as_array()?
            .iter()
            .find_map(|it| it["$ref"].as_str()),
    };
    reference?.strip_prefix("#/$defs/")
}

/// What a value looks like, in a few words.
fn form(value: &Value) -> String {
    if let Some(name) = definition(value) {
        return match name {
            "name" | "handler" | "duration" => format!("[{name}](#values)"),
            "schema" => "JSON Schema".to_owned(),
            name => format!("[mapping](#{})", anchor(name)),
        };
    }
    if let Some(values) = value["enum"].as_array() {
        let values = values.iter().filter_map(Value::as_str).map(code);
        return values.collect::<Vec<_>>().join(", ");
    }
    let kinds: Vec<&str> = match &value["type"] {
        Value::String(kind) => vec![kind],
        several => several
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect(),
    };
    let bounds = |least: &str, most: &str| match (&value[least], &value[most]) {
        (Value::Null, Value::Null) => String::new(),
        (Value::Null, most) => format!(", at most {most}"),
        (least, most) => format!(", {least} to {most}"),
    };
    match kinds.first().copied() {
        Some("integer") => format!("whole number{}", bounds("minimum", "maximum")),
        Some("number") => format!("number{}", bounds("minimum", "maximum")),
        Some("array") => {
            let items = form(&value["items"]);
            format!("list of {items}{}", bounds("minItems", "maxItems"))
        }
        Some("object") => match definition(&value["additionalProperties"]) {
            Some(name) => format!(
                "names with a [mapping](#{}){}",
                anchor(name),
                bounds("minProperties", "maxProperties")
            ),
            None => "mapping with `retry`, `timeout` and `limits`".to_owned(),
        },
        Some("string")
            if value["pattern"]
                .as_str()
                .is_some_and(|it| it.contains("KiB")) =>
        {
            "size".to_owned()
        }
        Some("string") if value["maxLength"] == 100 => "[name](#values)".to_owned(),
        Some("string") => "text".to_owned(),
        _ => "anything".to_owned(),
    }
}

/// The heading of a definition, as GitHub makes an id of it.
fn anchor(name: &str) -> String {
    let part = PARTS.iter().find(|(known, _)| *known == name);
    part.unwrap().1.to_lowercase().replace(' ', "-")
}
