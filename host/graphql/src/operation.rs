//! The operations of the API, as its OpenAPI document describes them.

use serde_json::{Map, Value as Json};

/// Operations that are not for GraphQL: sessions are cookies of HTTP, streams are subscriptions, a component or template
/// has an edge to its versions (see `lookups`), and the rest is for load balancers, Prometheus, and readers of the
/// description.
const LEFT_OUT: [&str; 10] = [
    "beginSession",
    "endSession",
    "showApiReference",
    "showComponent",
    "showLiveness",
    "showMetrics",
    "showOpenApi",
    "showReadiness",
    "showTemplate",
    "streamEvents",
];

/// Bytes are sent and received by HTTP itself.
const BINARY: &str = "application/wasm";

/// How long a long poll waits, and for what. In GraphQL, subscriptions wait.
const WAITS: [&str; 2] = ["wait_ms", "since"];

/// Parameters that GraphQL does without: a query says itself which members it has, and connections have no totals.
const WITHOUT: [&str; 2] = ["fields", "count"];

/// The headers that are arguments.
const HEADERS: [&str; 3] = ["idempotency-key", "traceparent", "if-match"];

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Such as `listTasks`.
    pub name: String,
    /// In capitals.
    pub method: String,
    /// With variable segments in braces.
    pub path: String,
    pub description: String,
    /// Why it is deprecated, if it is.
    pub deprecation: Option<String>,
    pub parameters: Vec<Parameter>,
    pub body: Body,
    pub answer: Answer,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub place: Place,
    /// With its description.
    pub schema: Json,
    pub is_required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Header,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    None,
    /// A value as JSON, of this schema.
    Json(Json),
    /// Text of this media type.
    Text(String),
}

/// What a success returns.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    None,
    /// A value as JSON, of this schema.
    Json(Json),
    Text,
}

impl Operation {
    /// All operations of a document that GraphQL has.
    pub fn all(document: &Json) -> Vec<Self> {
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.filter_map(move |(method, described)| Self::of(path, method, described))
        });
        operations.collect()
    }

    fn of(path: &str, method: &str, described: &Json) -> Option<Self> {
        let name = described["operationId"].as_str()?;
        let body = Body::of(&described["requestBody"]["content"])?;
        let answer = Answer::of(&described["responses"])?;
        if LEFT_OUT.contains(&name) {
            return None;
        }
        let parameters = described["parameters"].as_array().into_iter().flatten();
        let parameters: Vec<Parameter> = parameters.filter_map(Parameter::of).collect();
        Some(Self {
            name: name.to_owned(),
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            description: text(described),
            deprecation: described["x-deprecation"].as_str().map(str::to_owned),
            parameters: without_waits(parameters),
            body,
            answer,
        })
    }
}

fn without_waits(mut parameters: Vec<Parameter>) -> Vec<Parameter> {
    if parameters.iter().any(|it| it.name == WAITS[0]) {
        parameters.retain(|it| !WAITS.contains(&it.name.as_str()));
    }
    parameters
}

/// The summary and, in a paragraph of its own, what else is said.
fn text(described: &Json) -> String {
    let parts = [&described["summary"], &described["description"]];
    let parts = parts.into_iter().filter_map(Json::as_str);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(".\n\n")
}

impl Parameter {
    /// All of an operation of a document.
    pub fn all_of(document: &Json, operation: &str) -> Vec<Self> {
        let paths = document["paths"].as_object().into_iter().flatten();
        let mut operations =
            paths.flat_map(|(_, methods)| methods.as_object().into_iter().flatten());
        let described = operations.find(|(_, described)| described["operationId"] == operation);
        let parameters = described.and_then(|(_, described)| described["parameters"].as_array());
        parameters
            .into_iter()
            .flatten()
            .filter_map(Self::of)
            .collect()
    }

    /// None of what GraphQL does without.
    fn of(described: &Json) -> Option<Self> {
        let name = described["name"].as_str()?;
        let place = match described["in"].as_str()? {
            "path" => Place::Path,
            "query" if !WITHOUT.contains(&name) => Place::Query,
            "header" if HEADERS.contains(&name) => Place::Header,
            _ => return None,
        };
        let mut schema = described["schema"].clone();
        if let (Some(schema), Some(text)) =
            (schema.as_object_mut(), described["description"].as_str())
        {
            schema.insert("description".to_owned(), text.into());
        }
        Some(Self {
            name: name.to_owned(),
            place,
            schema,
            is_required: described["required"] == true,
        })
    }
}

/// The content of a media type, JSON before all others.
fn preferred(content: &Map<String, Json>) -> Option<(&String, &Json)> {
    let json = content.get_key_value("application/json");
    json.or_else(|| content.get_key_value("application/yaml"))
        .or_else(|| content.iter().next())
}

impl Body {
    /// None of what GraphQL cannot carry.
    fn of(content: &Json) -> Option<Self> {
        let Some((media_type, content)) = content.as_object().and_then(preferred) else {
            return Some(Self::None);
        };
        match media_type.as_str() {
            "application/json" => Some(Self::Json(content["schema"].clone())),
            BINARY => None,
            text => Some(Self::Text(text.to_owned())),
        }
    }
}

impl Answer {
    /// None of what GraphQL cannot carry.
    fn of(responses: &Json) -> Option<Self> {
        let content = responses["200"]["content"].as_object();
        let Some((media_type, content)) = content.and_then(preferred) else {
            return Some(Self::None);
        };
        match media_type.as_str() {
            "application/json" => Some(Self::Json(content["schema"].clone())),
            BINARY => None,
            _ => Some(Self::Text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_operation_has_what_graphql_can_say_of_it() {
        let document = json!({"paths": {"/v1/tasks/{id}": {"get": {
            "operationId": "showTask",
            "summary": "Shows a task",
            "description": "Needs `read`.",
            "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                {"name": "wait_ms", "in": "query", "schema": {"type": "integer"}},
                {"name": "x-tasker-max-lag-ms", "in": "header", "schema": {"type": "integer"}},
            ],
            "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/Task"}}}}},
        }}, "/v1/bytes": {"get": {
            "operationId": "download",
            "responses": {"200": {"content": {"application/wasm": {"schema": {}}}}},
        }}}});
        let operations = Operation::all(&document);
        let [operation] = operations.as_slice() else {
            panic!("bytes are left to HTTP");
        };
        assert_eq!(operation.method, "GET");
        assert_eq!(operation.description, "Shows a task.\n\nNeeds `read`.");
        let names: Vec<_> = operation
            .parameters
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        assert_eq!(names, ["id"]);
        assert_eq!(operation.answer, Answer::Json(json!({"$ref": "#/Task"})));
    }
}
