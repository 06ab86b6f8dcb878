//! What a component answers when it is asked to describe itself.

use super::refusal::Refusal;
use schema_compat::Schema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;
use tasker_domain::bounds::MAX_WANTS;
use tasker_domain::capability::Capability;
use tasker_domain::descriptor::HandlerDescription;

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
            check(handler, "input_schema", handler.input_schema.as_ref())?;
            check(handler, "result_schema", handler.result_schema.as_ref())?;
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

fn check(
    handler: &HandlerDescription,
    which: &'static str,
    schema: Option<&Value>,
) -> Result<(), Refusal> {
    let Some(schema) = schema else { return Ok(()) };
    Schema::compile(schema)
        .map(drop)
        .map_err(|errors| Refusal::Schema {
            handler: handler.name.to_string(),
            which,
            reason: errors.first().map(ToString::to_string).unwrap_or_default(),
        })
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
