//! One operation of the document from one declared endpoint.

use super::super::sparse::AnswerMembers;
use super::schemas::{Schemas, not_null};
use super::{header_names, names, refusals, text};
use axum::http::Method;
use serde_json::{Map, Value, json};
use tasker_wire::endpoint::{Content, Endpoint, Scope};
use tasker_wire::headers::{IF_MATCH, IF_NONE_MATCH, MAX_LAG};
use tasker_wire::problem::Problem;

/// Gathers the operations of the document.
#[derive(Default)]
pub(crate) struct Composer {
    paths: Map<String, Value>,
    schemas: Schemas,
}

impl Composer {
    /// Describes an endpoint.
    pub fn add<E: Endpoint>(&mut self) {
        let operation = self.operation::<E>();
        let method = E::METHOD.as_str().to_ascii_lowercase();
        let operations = self.paths.entry(E::PATH).or_insert_with(|| json!({}));
        operations[method] = operation;
    }

    /// The paths, and the schemas that they refer to.
    pub fn into_parts(mut self) -> (Value, Map<String, Value>) {
        self.schemas.answers.subschema_for::<Problem>();
        let mut paths = Value::Object(self.paths);
        let mut requests = Vec::new();
        for operation in operations(&mut paths) {
            requests.push(operation.remove("parameters").unwrap_or_default());
            requests.push(operation.remove("requestBody").unwrap_or_default());
        }
        let mut requests = Value::Array(requests);
        let schemas = self.schemas.merged(&mut requests);
        let mut requests = requests
            .as_array_mut()
            .into_iter()
            .flatten()
            .map(Value::take);
        for operation in operations(&mut paths) {
            for name in ["parameters", "requestBody"] {
                match requests.next() {
                    None | Some(Value::Null) => {}
                    Some(part) => _ = operation.insert(name.to_owned(), part),
                }
            }
        }
        (paths, schemas)
    }

    fn operation<E: Endpoint>(&mut self) -> Value {
        let doc = text::prose(E::DOC);
        let end = doc.find(". ").into_iter().chain(doc.find(".\n")).min();
        let (summary, more) = doc.split_at(end.map_or(doc.len(), |end| end + 1));
        let permission = permission(E::NEEDS.scope, E::NEEDS.action.into_str());
        let description = format!("{}\n\n{permission}", more.trim());
        let body = self.body::<E>();
        let mut operation = json!({
            "operationId": operation_id(E::NAME),
            "tags": [names::tag(E::MODULE)],
            "summary": summary.trim_end_matches('.'),
            "description": description,
            "parameters": self.parameters::<E>(),
            "responses": self.responses::<E>(!body.is_null()),
            "security": security::<E>(),
            "x-idempotent": E::IS_IDEMPOTENT,
        });
        if !body.is_null() {
            operation["requestBody"] = body;
        }
        if let Some(deprecation) = E::DEPRECATION {
            operation["deprecated"] = true.into();
            operation["x-deprecation"] = deprecation.sentence().into();
        }
        if E::NEEDS.scope != Scope::Open {
            operation["x-permission"] = names::permission(E::NEEDS);
        }
        operation
    }

    fn body<E: Endpoint>(&mut self) -> Value {
        let contents = E::Body::contents(&mut self.schemas.requests);
        if contents.is_empty() {
            return Value::Null;
        }
        let mut content = content(contents);
        let types = self.schemas.requests.definitions();
        for body in content.values_mut() {
            if let Some(example) = example(&body["schema"], types) {
                body["example"] = example;
            }
        }
        json!({
            "description": format!("At most {} bytes.", E::MAX_BODY_BYTES),
            "required": true,
            "content": content,
            "x-max-bytes": E::MAX_BODY_BYTES,
        })
    }

    fn parameters<E: Endpoint>(&mut self) -> Vec<Value> {
        let path = self.schemas.of_request::<E>();
        let query = self.schemas.of_request::<E::Query>();
        let path = members(&path).map(|(name, schema)| names::in_path(E::PATH, name, schema));
        let required = |name: &String| {
            let required = query["required"].as_array().into_iter().flatten();
            required.into_iter().any(|it| it == name)
        };
        // A stream goes on where no limit is given.
        let is_page = self.is_json_read::<E>();
        let in_query = members(&query).map(|(name, schema)| {
            let mut parameter = names::in_query(name, not_null(schema.clone()), required(name));
            if let Some(schema) = parameter["schema"].as_object_mut().filter(|_| !is_page) {
                schema.remove("default");
            }
            parameter
        });
        let fields = AnswerMembers::of::<E>().map(|_| names::fields());
        let read = self.is_json_read::<E>().then_some(IF_NONE_MATCH);
        let condition = [IF_MATCH, IF_NONE_MATCH].into_iter();
        let condition = condition.filter(|_| E::IS_CONDITIONAL);
        let lag = E::MAY_LAG.then_some(MAX_LAG);
        let headers = E::HEADERS.iter().copied().chain(read).chain(lag);
        let headers = headers.map(header_names::in_header);
        let condition = condition.map(header_names::in_condition);
        let order = E::ORDER.map(names::order);
        let count = E::COUNTS.then(names::count);
        let in_query = in_query.chain(order).chain(count).chain(fields);
        let parameters = path.chain(in_query).chain(headers).chain(condition);
        let mut parameters: Vec<Value> = parameters.collect();
        // As they stand in the path.
        let place = |parameter: &Value| {
            let name = parameter["name"].as_str().unwrap_or_default();
            E::PATH.find(&format!("{{{name}}}")).unwrap_or(usize::MAX)
        };
        parameters.sort_by_key(place);
        parameters
    }

    /// True of a read that is answered with JSON, and has no entity tag of its own.
    fn is_json_read<E: Endpoint>(&mut self) -> bool {
        let contents = E::Answer::contents(&mut self.schemas.answers);
        let is_json = matches!(contents.as_slice(), [("application/json", _)]);
        let has_own = E::HEADERS.contains(&IF_NONE_MATCH);
        E::METHOD == Method::GET && E::PATH.starts_with("/v1/") && is_json && !has_own
    }

    /// True where a success has an entity tag: a removal answers with what is gone.
    fn has_tag<E: Endpoint>(&mut self) -> bool {
        let is_change = E::IS_CONDITIONAL && E::METHOD != Method::DELETE;
        is_change || E::HEADERS.contains(&IF_NONE_MATCH) || self.is_json_read::<E>()
    }

    fn responses<E: Endpoint>(&mut self, has_body: bool) -> Map<String, Value> {
        let contents = E::Answer::contents(&mut self.schemas.answers);
        let mut headers = header_names::headers_of_answer(E::NEEDS.scope);
        if E::DEPRECATION.is_some() {
            for name in header_names::OF_DEPRECATED {
                headers[name] = json!({"$ref": format!("#/components/headers/{name}")});
            }
        }
        if self.has_tag::<E>() {
            headers["etag"] = json!({"$ref": "#/components/headers/etag"});
        }
        let success = |description: &str| {
            let content = content(contents.clone());
            json!({"description": description, "headers": headers, "content": content})
        };
        let mut responses = Map::new();
        if E::Answer::is_redirect() {
            let mut headers = headers.clone();
            headers["location"] = json!({"$ref": "#/components/headers/location"});
            let elsewhere = json!({"description": "It is elsewhere.", "headers": headers});
            responses.insert("303".to_owned(), elsewhere);
        } else if contents.is_empty() {
            let done = json!({"description": "Done.", "headers": headers});
            responses.insert("204".to_owned(), done);
        } else if E::MAKES {
            responses.insert("200".to_owned(), success("It was there."));
            responses.insert("201".to_owned(), success("It was made."));
        } else {
            responses.insert("200".to_owned(), success("Done."));
        }
        if E::HEADERS.contains(&IF_NONE_MATCH) || self.is_json_read::<E>() {
            let known = json!({"description": "It is what the caller has.", "headers": headers});
            responses.insert("304".to_owned(), known);
        }
        responses.extend(refusals::responses::<E>(has_body));
        responses
    }
}

/// Every operation below `paths`.
fn operations(paths: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let paths = paths.as_object_mut().into_iter().flat_map(Map::values_mut);
    let operations = paths
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut);
    operations.filter_map(Value::as_object_mut)
}

fn members(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn content(contents: Vec<(&'static str, schemars::Schema)>) -> Map<String, Value> {
    let contents = contents.into_iter().map(|(media_type, schema)| {
        let essence = media_type.split(';').next().unwrap_or(media_type);
        (essence.to_owned(), json!({"schema": schema}))
    });
    contents.collect()
}

/// What a type gives as its example.
fn example(schema: &Value, types: &Map<String, Value>) -> Option<Value> {
    let name = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
    let schema = name.and_then(|name| types.get(name)).unwrap_or(schema);
    let own = schema["examples"].get(0).cloned();
    own.or_else(|| example(schema["anyOf"].get(0)?, types))
}

/// `listKeys` of `ListKeys`.
fn operation_id(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_ascii_lowercase())
}

/// Who may ask: whoever shows a key or a session that permits the action.
fn security<E: Endpoint>() -> Value {
    let permissions = match E::NEEDS.scope {
        Scope::Open => return json!([]),
        Scope::Authenticated => vec![],
        Scope::Path
        | Scope::Task
        | Scope::Query
        | Scope::Body
        | Scope::AnyNamespace
        | Scope::AllNamespaces => vec![E::NEEDS.action.into_str()],
    };
    json!([{"key": permissions}, {"session": permissions}])
}

/// What its caller needs, as a sentence.
fn permission(scope: Scope, action: &str) -> String {
    match scope {
        Scope::Open => "No authentication is required.".to_owned(),
        Scope::Authenticated => "Every authenticated caller may ask.".to_owned(),
        Scope::Path => format!("Needs `{action}` in the namespace of the path."),
        Scope::Task => format!("Needs `{action}` in the namespace of the task."),
        Scope::Query => format!(
            "Needs `{action}` in each namespace of the query; without one, in all namespaces, unless the caller has it in one only."
        ),
        Scope::Body => format!("Needs `{action}` in each namespace that the body names."),
        Scope::AnyNamespace => format!("Needs `{action}` in some namespace."),
        Scope::AllNamespaces => format!("Needs `{action}` in all namespaces (`*`)."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use tasker_domain::permission::Action;
    use tasker_wire::deprecation::Deprecation;
    use tasker_wire::endpoint::{Needs, NoBody, NoQuery, Refusal};

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct ShowJob {
        id: String,
    }

    impl Endpoint for ShowJob {
        const NAME: &'static str = "ShowJob";
        const MODULE: &'static str = "tasker_wire::task";
        const DOC: &'static str = "Shows a task as it was shown before.";
        const METHOD: Method = Method::GET;
        const PATH: &'static str = "/v1/jobs/{id}";
        const NEEDS: Needs = Needs {
            action: Action::Read,
            scope: Scope::Task,
        };
        const MAX_BODY_BYTES: usize = 0;
        const HEADERS: &'static [&'static str] = &[];
        const MAKES: bool = false;
        const IS_IDEMPOTENT: bool = true;
        const DEPRECATION: Option<Deprecation> = Some(Deprecation {
            since: "2026-11-01",
            sunset: "2027-05-01",
            successor: "GET /v1/tasks/{id}",
        });
        const REFUSALS: &'static [Refusal] = &[];
        const MAY_LAG: bool = false;
        type Query = NoQuery;
        type Body = NoBody;
        type Answer = String;
    }

    #[test]
    fn an_operation_that_is_to_go_says_so_with_its_successor() {
        let mut composer = Composer::default();
        composer.add::<ShowJob>();
        let (paths, _) = composer.into_parts();
        let operation = &paths["/v1/jobs/{id}"]["get"];
        assert_eq!(operation["deprecated"], true);
        assert_eq!(
            operation["x-deprecation"],
            "Deprecated since 2026-11-01, and gone from 2027-05-01 on at the earliest; use `GET /v1/tasks/{id}`."
        );
        for name in header_names::OF_DEPRECATED {
            let headers = &operation["responses"]["200"]["headers"];
            assert!(headers[name].is_object(), "{name}");
        }
    }
}
