//! From the arguments of a tool to a request.

use crate::tools::{BODY, Operation};
use serde_json::{Map, Value};
use std::time::Duration;
use tasker_client::Request;

/// The parameter that says how long the host may wait before it answers, in milliseconds.
const WAIT: &str = "wait_ms";

/// Why no request is made of some arguments.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WrongArguments {
    #[error("the argument `{0}` is missing")]
    Missing(String),
    #[error("there is no argument `{given}`; there are: {known}")]
    Unknown { given: String, known: String },
    #[error("the argument `body` is to be a string: {media_type}")]
    NoText { media_type: String },
}

impl Operation {
    /// The request with these arguments.
    pub(crate) fn request(&self, mut given: Map<String, Value>) -> Result<Request, WrongArguments> {
        given.retain(|_, value| !value.is_null());
        let mut request = Request::new(self.method.clone(), &self.path);
        for parameter in &self.parameters {
            match given.remove(&parameter.name) {
                Some(value) if parameter.is_segment => {
                    request = request.segment(&parameter.name, &text(&value));
                }
                Some(value) => {
                    if parameter.name == WAIT {
                        let ms = value.as_u64().unwrap_or_default();
                        request = request.hold(Duration::from_millis(ms));
                    }
                    request = request.query(&parameter.name, &text(&value));
                }
                None if parameter.is_required => {
                    return Err(WrongArguments::Missing(parameter.name.clone()));
                }
                None => {}
            }
        }
        if let Some(media_type) = &self.media_type {
            let body = given.remove(BODY);
            let body = body.ok_or_else(|| WrongArguments::Missing(BODY.to_owned()))?;
            request = request.body(media_type, body_of(media_type, body)?);
        }
        match given.into_iter().next() {
            None => Ok(request),
            Some((given, _)) => Err(WrongArguments::Unknown {
                given,
                known: self.known(),
            }),
        }
    }

    fn known(&self) -> String {
        let names = self.parameters.iter().map(|it| it.name.as_str());
        let body = self.media_type.as_ref().map(|_| BODY);
        names.chain(body).collect::<Vec<_>>().join(", ")
    }
}

/// As a segment or in a query; several values have commas between them.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// JSON as such, whatever was given; another media type is a text.
fn body_of(media_type: &str, body: Value) -> Result<String, WrongArguments> {
    match body {
        Value::String(text) if media_type != "application/json" => Ok(text),
        body if media_type == "application/json" => Ok(body.to_string()),
        _ => Err(WrongArguments::NoText {
            media_type: media_type.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tools;
    use serde_json::json;

    fn request(tool: &str, arguments: Value) -> Result<String, WrongArguments> {
        let document = include_str!("../../openapi.json");
        let document = serde_json::from_str(document).unwrap();
        let tools = Tools::of(&document, true).unwrap();
        let arguments = arguments.as_object().unwrap().clone();
        let request = tools.find(tool).unwrap().request(arguments)?;
        let url = request.url(&"http://host/".parse().unwrap());
        let (url, body) = (url.as_str(), request.body_text().unwrap_or_default());
        Ok(format!("{} {url} {body}", request.method()))
    }

    #[test]
    fn arguments_are_segments_queries_and_a_body() {
        let listed =
            json!({"namespace": "shop", "state": ["error", "cancelled"], "limit": 5, "tag": null});
        assert_eq!(
            request("listTasks", listed).unwrap(),
            "GET http://host/v1/tasks?limit=5&namespace=shop&state=error%2Ccancelled "
        );
        let pin = json!({
            "namespace": "shop", "kind": "component", "target": "a/b", "body": {"requirement": "^1"}
        });
        assert_eq!(
            request("setPin", pin).unwrap(),
            "PUT http://host/v1/namespaces/shop/pins/component/a%2Fb {\"requirement\":\"^1\"}"
        );
        let yaml = json!({"body": "namespace: shop\n"});
        assert_eq!(
            request("checkTemplate", yaml).unwrap(),
            "POST http://host/v1/templates/check namespace: shop\n"
        );
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        let missing = request("showTask", json!({})).unwrap_err();
        assert_eq!(missing, WrongArguments::Missing("id".to_owned()));
        let unknown = request("showTaskError", json!({"id": "1", "step": "a"})).unwrap_err();
        assert!(
            unknown.to_string().contains("`step`; there are: id"),
            "{unknown}"
        );
        let yaml = request("checkTemplate", json!({"body": {"name": 1}})).unwrap_err();
        assert!(matches!(yaml, WrongArguments::NoText { .. }));
    }
}
