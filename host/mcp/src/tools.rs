//! The operations of an OpenAPI document as tools.

use crate::offered::{CHANGES, READS};
use crate::schema::Named;
use http::Method;
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The argument with the body of a request.
pub(crate) const BODY: &str = "body";
const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// The tools of a host, by name.
pub struct Tools(BTreeMap<String, Operation>);

/// An operation of the API.
pub(crate) struct Operation {
    pub tool: Tool,
    pub method: Method,
    /// With variable segments, such as `/v1/tasks/{id}`.
    pub path: String,
    pub parameters: Vec<Parameter>,
    /// The media type of its body, if it has one.
    pub media_type: Option<String>,
}

/// An argument that is not the body.
pub(crate) struct Parameter {
    pub name: String,
    /// A variable segment of the path; else a parameter of the query.
    pub is_segment: bool,
    pub is_required: bool,
}

/// Why a document has no tools.
#[derive(Debug, thiserror::Error)]
#[error(
    "the description of the host's API has no operation that is known; is this a host of Tasker?"
)]
pub struct Unusable;

impl Tools {
    /// Those that are offered, of what the document describes.
    pub fn of(document: &Value, allows_changes: bool) -> Result<Self, Unusable> {
        let named = Named::of(document);
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| {
            METHODS.iter().map(move |method| {
                let name = method.as_str().to_lowercase();
                (path, method, &item[name])
            })
        });
        let mut tools = BTreeMap::new();
        for (path, method, described) in operations {
            let Some(name) = described["operationId"].as_str() else {
                continue;
            };
            let reads = READS.contains(&name);
            if reads || (allows_changes && CHANGES.contains(&name)) {
                let operation = Operation::new(name, (method, path), described, reads, &named);
                tools.insert(name.to_owned(), operation);
            }
        }
        match tools.is_empty() {
            true => Err(Unusable),
            false => Ok(Self(tools)),
        }
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = &Tool> {
        self.0.values().map(|operation| &operation.tool)
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Operation> {
        self.0.get(name)
    }
}

impl Operation {
    fn new(
        name: &str,
        (method, path): (&Method, &str),
        described: &Value,
        reads: bool,
        named: &Named<'_>,
    ) -> Self {
        let (mut properties, mut definitions) = (Map::new(), Map::new());
        let mut parameters = Vec::new();
        let listed = described["parameters"].as_array().into_iter().flatten();
        for parameter in listed.filter(|it| it["in"] == "path" || it["in"] == "query") {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let mut schema = named.alone(&parameter["schema"], &mut definitions);
            schema["description"] = parameter["description"].clone();
            properties.insert(name.clone(), schema);
            parameters.push(Parameter {
                name,
                is_segment: parameter["in"] == "path",
                is_required: parameter["required"] == true,
            });
        }
        let body = &described["requestBody"];
        let media = body["content"].as_object().and_then(|it| it.iter().next());
        let media_type = media.map(|(media_type, content)| {
            let mut schema = named.alone(&content["schema"], &mut definitions);
            schema["description"] = format!("The body of the request: {media_type}.").into();
            properties.insert(BODY.to_owned(), schema);
            media_type.clone()
        });
        let required = parameters.iter().filter(|it| it.is_required);
        let mut required: Vec<&str> = required.map(|it| it.name.as_str()).collect();
        if body["required"] == true {
            required.push(BODY);
        }
        let mut schema = Map::from_iter([
            ("type".to_owned(), json!("object")),
            ("properties".to_owned(), properties.into()),
            ("required".to_owned(), required.into()),
            ("additionalProperties".to_owned(), json!(false)),
        ]);
        if !definitions.is_empty() {
            schema.insert("$defs".to_owned(), definitions.into());
        }
        let annotations = ToolAnnotations::new().read_only(reads).open_world(false);
        let annotations = match reads {
            true => annotations,
            false => annotations.idempotent(described["x-idempotent"] == true),
        };
        let tool = Tool::new(name.to_owned(), description(described), Arc::new(schema));
        Self {
            tool: tool.with_annotations(annotations),
            method: method.clone(),
            path: path.to_owned(),
            parameters,
            media_type,
        }
    }
}

fn description(described: &Value) -> String {
    let text = |member: &str| described[member].as_str().unwrap_or_default();
    format!("{}.\n\n{}", text("summary"), text("description"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn document() -> Value {
        let document = include_str!("../../openapi.json");
        serde_json::from_str(document).unwrap()
    }

    fn names(allows_changes: bool) -> BTreeSet<String> {
        let tools = Tools::of(&document(), allows_changes).unwrap();
        tools.all().map(|tool| tool.name.to_string()).collect()
    }

    #[test]
    fn everything_that_is_offered_is_in_the_document_and_changes_only_where_they_are_allowed() {
        let (reads, all) = (names(false), names(true));
        assert_eq!(reads, READS.map(str::to_owned).into());
        let changes: BTreeSet<String> = all.difference(&reads).cloned().collect();
        assert_eq!(changes, CHANGES.map(str::to_owned).into());
    }

    #[test]
    fn what_reads_needs_no_more_than_the_right_to_read() {
        let document = document();
        let paths = document["paths"].as_object().unwrap().values();
        let operations = paths.flat_map(|item| item.as_object().unwrap().values());
        let mut count = 0;
        for operation in operations {
            let Some(name) = operation["operationId"].as_str() else {
                continue;
            };
            let action = operation["x-permission"]["action"].as_str();
            if READS.contains(&name) {
                count += 1;
                assert!(matches!(action, None | Some("read")), "{name}: {action:?}");
            }
            if CHANGES.contains(&name) {
                assert!(!matches!(action, None | Some("read")), "{name}: {action:?}");
            }
        }
        assert_eq!(count, READS.len());
    }

    #[test]
    fn the_schema_of_a_tool_stands_alone_and_is_a_json_schema() {
        for tool in Tools::of(&document(), true).unwrap().all() {
            let schema = Value::Object((*tool.input_schema).clone());
            let text = schema.to_string();
            assert!(!text.contains("#/components/"), "{}", tool.name);
            for named in text.split("\"#/$defs/").skip(1) {
                let name = named.split('"').next().unwrap();
                assert!(schema["$defs"][name].is_object(), "{}: {name}", tool.name);
            }
            assert!(tool.description.as_ref().is_some_and(|it| it.len() > 20));
        }
    }
}
