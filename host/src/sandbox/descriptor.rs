//! What a component says of itself.

use super::provenance::Provenance;
use super::refusal::Refusal;
use crate::domain::capability::Capability;
use crate::domain::name::Name;
use crate::domain::template::Schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;

/// Capabilities that one component may want.
pub(super) const MAX_WANTS: usize = 100;

/// What an upload was found to hold; kept with it as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Descriptor {
    /// The version of `tasker:step` that it was built against.
    pub contract: String,
    /// Its handlers; none where it does not tell.
    pub handlers: Option<Vec<HandlerDescription>>,
    /// What its handlers want to be granted, as [`Capability`] writes it.
    pub capabilities: Vec<String>,
    /// The interfaces that it imports, with versions.
    pub imports: Vec<String>,
    /// None where it cannot be told, or was not asked when the version was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// What it exports, with versions.
    #[serde(default)]
    pub exports: Vec<String>,
}

/// One handler, as its author describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandlerDescription {
    pub name: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Value>,
    /// JSON Schema of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_schema: Option<Value>,
    /// Codes of the failures that it may return.
    #[serde(default)]
    pub error_codes: Vec<String>,
    /// Defaults for a step's `retry`, in the words of a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Value>,
}

/// What `describe` returns.
#[derive(Deserialize)]
pub(super) struct Described {
    handlers: Vec<HandlerDescription>,
    #[serde(default)]
    capabilities: Vec<String>,
}

impl Described {
    /// The handlers, where each has its own name and its schemas are schemas.
    pub(super) fn handlers(&self) -> Result<Vec<HandlerDescription>, Refusal> {
        let mut names = HashSet::new();
        for handler in &self.handlers {
            if !names.insert(&handler.name) {
                return Err(Refusal::HandlerTwice(handler.name.to_string()));
            }
            handler.check("input_schema", handler.input_schema.as_ref())?;
            handler.check("result_schema", handler.result_schema.as_ref())?;
        }
        Ok(self.handlers.clone())
    }

    /// What the component wants, each want once and in the one form.
    pub(super) fn capabilities(&self) -> Result<Vec<String>, Refusal> {
        if self.capabilities.len() > MAX_WANTS {
            return Err(Refusal::TooManyWants(self.capabilities.len()));
        }
        let mut wants = Vec::new();
        for text in &self.capabilities {
            let want = text.parse::<Capability>()?.to_string();
            if !wants.contains(&want) {
                wants.push(want);
            }
        }
        Ok(wants)
    }
}

impl HandlerDescription {
    fn check(&self, which: &'static str, schema: Option<&Value>) -> Result<(), Refusal> {
        let Some(schema) = schema else { return Ok(()) };
        Schema::compile(schema)
            .map(drop)
            .map_err(|errors| Refusal::Schema {
                handler: self.name.to_string(),
                which,
                reason: errors.first().map(ToString::to_string).unwrap_or_default(),
            })
    }
}

impl Descriptor {
    /// What its handlers want to be granted. A component of an earlier host may name what no host
    /// knows, which is nothing.
    pub fn wants(&self) -> Vec<Capability> {
        let wants = self.capabilities.iter().map(|text| text.parse());
        wants.filter_map(Result::ok).collect()
    }

    /// True where the component has the handler or does not tell which it has.
    pub fn may_have(&self, handler: &str) -> bool {
        let Some(handlers) = &self.handlers else {
            return true;
        };
        handlers
            .iter()
            .any(|described| described.name.as_str() == handler)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handlers(json: &str) -> Result<Vec<HandlerDescription>, Refusal> {
        serde_json::from_str::<Described>(json).unwrap().handlers()
    }

    #[test]
    fn a_handler_needs_no_more_than_a_name() {
        assert_eq!(
            handlers(r#"{"handlers": [{"name": "charge"}]}"#)
                .unwrap()
                .len(),
            1
        );
        assert!(serde_json::from_str::<Described>(r#"{"handlers": [{"name": "a b"}]}"#).is_err());
    }

    #[test]
    fn wants_are_kept_once_and_in_one_form() {
        let json =
            r#"{"handlers": [], "capabilities": ["http  GET API.example.com/*", "kv a", "kv a"]}"#;
        let described = serde_json::from_str::<Described>(json).unwrap();
        let wants = described.capabilities().unwrap();
        assert_eq!(wants, ["http GET api.example.com", "kv a"]);
    }

    #[test]
    fn a_want_that_no_host_knows_is_refused() {
        let wants = |wants: &[&str]| {
            let json = serde_json::json!({"handlers": [], "capabilities": wants});
            let described: Described = serde_json::from_value(json).unwrap();
            described.capabilities().unwrap_err().to_string()
        };
        assert!(wants(&["gpu"]).contains("`gpu` is no capability"));
        assert!(wants(&["kv a"; MAX_WANTS + 1]).contains("it may want 100"));
    }

    #[test]
    fn two_handlers_of_one_name_are_refused() {
        let refused = handlers(r#"{"handlers": [{"name": "a"}, {"name": "a"}]}"#).unwrap_err();
        assert!(refused.to_string().contains("`a` twice"), "{refused}");
    }

    #[test]
    fn a_schema_that_is_none_is_refused_with_the_handlers_name() {
        let wrong = r#"{"handlers": [{"name": "a", "result_schema": {"type": "objekt"}}]}"#;
        let refused = handlers(wrong).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("`result_schema` of handler `a`"),
            "{refused}"
        );
    }
}
