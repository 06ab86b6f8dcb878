//! The operations of the API, as its description has them.

use super::{cell, code, hold_chapter, prose, root, table};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fs;

const INTRODUCTION: &str = "\
# REST

Every operation of the API, from its description: `GET /v1/openapi.json` has the same with all schemas, and each host shows it
at `/docs/api`. [API and commands](../rest.md) says how requests are made safe to repeat, how lists are paged and filtered, and
what a refusal looks like.

";

const COMMON: &str = "\
Operations also take `fields`, `if-none-match` and `traceparent` where [API and commands](../rest.md) says so. These codes may be
the answer to any of them";

/// Parameters that the introduction speaks of.
const COMMON_PARAMETERS: [&str; 3] = ["fields", "if-none-match", "traceparent"];

#[test]
fn the_chapter_on_rest_has_every_operation() {
    let text = fs::read_to_string(root().join("host/openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let operations = operations(&document);
    assert!(operations.len() > 100);
    let common = operations
        .iter()
        .map(|it| it.codes(&document))
        .reduce(|all, codes| &all & &codes)
        .unwrap();
    let codes: Vec<String> = common.iter().map(|it| code(it)).collect();
    let mut chapter = format!("{INTRODUCTION}{COMMON}: {}.\n\n", codes.join(", "));
    for tag in document["tags"].as_array().unwrap() {
        let name = tag["name"].as_str().unwrap();
        chapter += &format!("## {name}\n\n{}\n\n", text_of(&tag["description"]));
        let tagged = operations.iter().filter(|it| it.item["tags"][0] == name);
        tagged.for_each(|it| it.describe(&document, &common, &mut chapter));
    }
    let described = chapter.matches("\n### ").count();
    assert_eq!(described, operations.len(), "one has no tag");
    hold_chapter("rest.md", &chapter);
}

struct Operation<'a> {
    method: String,
    path: &'a str,
    item: &'a Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, methods): (&'_ String, &'_ Value)| -> Vec<(String, String)> {
        let methods = methods.as_object().unwrap().keys();
        methods.map(|it| (path.clone(), it.clone())).collect()
    };
    let all = paths.iter().flat_map(of_path);
    all.map(|(path, method)| {
        let (path, methods) = paths.get_key_value(&path).unwrap();
        Operation {
            item: &methods[&method],
            method: method.to_uppercase(),
            path,
        }
    })
    .collect()
}

impl Operation<'_> {
    fn describe(&self, document: &Value, common: &BTreeSet<String>, chapter: &mut String) {
        let summary = text_of(&self.item["summary"]);
        *chapter += &format!("### {} {}\n\n{summary}. ", self.method, self.path);
        // The first paragraph of a description goes on behind the summary.
        *chapter += &paragraphs(&self.item["description"]);
        let parameters: Vec<Vec<String>> = self.parameters();
        if !parameters.is_empty() {
            *chapter += &table(&["parameter", "in", "type", "meaning"], &parameters);
            chapter.push('\n');
        }
        *chapter += &self.body();
        *chapter += &self.answers(document);
        let own = self.codes(document);
        let own: Vec<String> = own.difference(common).map(|it| code(it)).collect();
        if !own.is_empty() {
            *chapter += &format!("Codes: {}.\n\n", own.join(", "));
        }
    }

    fn parameters(&self) -> Vec<Vec<String>> {
        let parameters = self.item["parameters"].as_array();
        let named = parameters.into_iter().flatten().filter(|it| {
            let name = it["name"].as_str().unwrap();
            !COMMON_PARAMETERS.contains(&name)
        });
        named
            .map(|it| {
                let required = if it["required"] == true {
                    ", required"
                } else {
                    ""
                };
                let meaning = it["description"].as_str().unwrap_or_default();
                vec![
                    code(it["name"].as_str().unwrap()),
                    format!("{}{required}", it["in"].as_str().unwrap()),
                    cell(&type_of(&it["schema"])),
                    cell(meaning),
                ]
            })
            .collect()
    }

    fn body(&self) -> String {
        let Some(content) = self.item["requestBody"]["content"].as_object() else {
            return String::new();
        };
        let kinds: Vec<String> = content
            .iter()
            .map(|(kind, body)| match type_of(&body["schema"]).as_str() {
                _ if kind != "application/json" => code(kind),
                schema => schema.to_owned(),
            })
            .collect();
        let most = text_of(&self.item["requestBody"]["description"]);
        let mut text = format!("Body: {}. {most}\n\n", kinds.join(" or "));
        if let Some(example) = content
            .get("application/json")
            .and_then(|it| it.get("example"))
        {
            text += &format!("```json\n{example:#}\n```\n\n");
        }
        text
    }

    fn answers(&self, document: &Value) -> String {
        let answers: Vec<String> = self
            .responses()
            .filter(|(status, _)| status.starts_with(['1', '2', '3']))
            .map(|(status, answer)| {
                let answer = resolved(document, answer);
                let content = answer["content"].as_object();
                let kinds = content.into_iter().flatten().map(|(kind, body)| {
                    match type_of(&body["schema"]).as_str() {
                        schema if kind == "application/json" => schema.to_owned(),
                        _ => code(kind),
                    }
                });
                let kinds: Vec<String> = kinds.collect();
                let kinds = match kinds.is_empty() {
                    true => String::new(),
                    false => format!(" with {}", kinds.join(" or ")),
                };
                let meaning = text_of(&answer["description"]);
                format!("{status}{kinds} ({})", meaning.trim_end_matches('.'))
            })
            .collect();
        format!("Answers: {}.\n\n", answers.join("; "))
    }

    fn codes(&self, document: &Value) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (_, answer) in self.responses() {
            let content = resolved(document, answer)["content"].as_object();
            for body in content.into_iter().flat_map(Map::values) {
                let codes = body["schema"]["properties"]["code"]["enum"].as_array();
                let codes = codes.into_iter().flatten().filter_map(Value::as_str);
                found.extend(codes.map(str::to_owned));
            }
        }
        found
    }

    fn responses(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.item["responses"].as_object().unwrap().iter()
    }
}

fn resolved<'a>(document: &'a Value, item: &'a Value) -> &'a Value {
    match item["$ref"].as_str() {
        Some(place) => document.pointer(place.trim_start_matches('#')).unwrap(),
        None => item,
    }
}

/// The name of a schema, or what kind of value it is, with its bounds.
fn type_of(schema: &Value) -> String {
    if let Some(place) = schema["$ref"].as_str() {
        return code(place.rsplit('/').next().unwrap());
    }
    if let Some(first) = schema["anyOf"].as_array().and_then(|it| it.first()) {
        return type_of(first);
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(|it| code(it.as_str().unwrap())).collect();
        return values.join(", ");
    }
    let kind = schema["type"].as_str().unwrap_or("JSON");
    if kind == "array" {
        return format!("list of {}", type_of(&schema["items"]));
    }
    let format = schema["format"]
        .as_str()
        .filter(|it| !it.starts_with("uint") && !it.starts_with("int"));
    let range = match (&schema["minimum"], &schema["maximum"]) {
        (Value::Number(from), Value::Number(to)) => format!(" from {from} to {to}"),
        (Value::Number(from), _) => format!(" from {from}"),
        _ => String::new(),
    };
    let usual = match &schema["default"] {
        Value::Null => String::new(),
        usual => format!("; {} by default", code(&usual.to_string())),
    };
    format!("{}{range}{usual}", format.unwrap_or(kind))
}

fn text_of(value: &Value) -> String {
    prose(value.as_str().unwrap_or_default())
}

/// Each paragraph of a text on its own line.
fn paragraphs(value: &Value) -> String {
    let parts = value.as_str().unwrap_or_default().split("\n\n");
    parts.map(|it| format!("{}\n\n", prose(it))).collect()
}
