//! The answer of a component's `describe`.

use super::refusal::Refusal;
use schema_compat::Schema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;
use tasker_domain::bounds::{MAX_DECLARED_EVENTS, MAX_REQUESTED, MAX_SUBSCRIBERS};
use tasker_domain::capability::Capability;
use tasker_domain::declared_event::{DeclaredBy, DeclaredEvents, EventSchemas};
use tasker_domain::descriptor::{HandlerDescription, SubscriberDescription};

/// What `describe` returns.
#[derive(Deserialize)]
pub(super) struct Described {
    handlers: Vec<HandlerDescription>,
    #[serde(default)]
    subscribers: Option<Vec<SubscriberDescription>>,
    #[serde(default)]
    capabilities: Vec<String>,
    #[serde(default)]
    events: DeclaredEvents,
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

    /// The subscribers, where each has its own name; `None` if the component does not describe them.
    pub(super) fn subscribers(&self) -> Result<Option<Vec<SubscriberDescription>>, Refusal> {
        let subscribers = self.subscribers.as_deref().unwrap_or_default();
        if subscribers.len() > MAX_SUBSCRIBERS {
            return Err(Refusal::TooManySubscribers(subscribers.len()));
        }
        let mut names = HashSet::new();
        match subscribers.iter().find(|it| !names.insert(&it.name)) {
            Some(twice) => Err(Refusal::SubscriberTwice(twice.name.to_string())),
            None => Ok(self.subscribers.clone()),
        }
    }

    /// The capabilities that the component requests, each once and in normal form.
    pub(super) fn capabilities(&self) -> Result<Vec<String>, Refusal> {
        if self.capabilities.len() > MAX_REQUESTED {
            return Err(Refusal::TooManyRequested(self.capabilities.len()));
        }
        let mut requested = Vec::new();
        for text in &self.capabilities {
            let capability = text.parse::<Capability>()?.to_string();
            if !requested.contains(&capability) {
                requested.push(capability);
            }
        }
        Ok(requested)
    }

    /// The events that it declares, where their schemas are schemas.
    pub(super) fn events(&self) -> Result<DeclaredEvents, Refusal> {
        if self.events.len() > MAX_DECLARED_EVENTS {
            return Err(Refusal::TooManyEvents(self.events.len()));
        }
        EventSchemas::compile(DeclaredBy::Component, &self.events).map_err(Refusal::EventSchema)?;
        Ok(self.events.clone())
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
    fn requests_are_kept_once_and_in_one_form() {
        let json =
            r#"{"handlers": [], "capabilities": ["http  GET API.example.com/*", "kv a", "kv a"]}"#;
        let described = serde_json::from_str::<Described>(json).unwrap();
        let requested = described.capabilities().unwrap();
        assert_eq!(requested, ["http GET api.example.com", "kv a"]);
    }

    #[test]
    fn an_unknown_capability_is_refused() {
        let requested = |requested: &[&str]| {
            let json = serde_json::json!({"handlers": [], "capabilities": requested});
            let described: Described = serde_json::from_value(json).unwrap();
            described.capabilities().unwrap_err().to_string()
        };
        assert!(requested(&["gpu"]).contains("`gpu` is not a capability"));
        assert!(requested(&["kv a"; MAX_REQUESTED + 1]).contains("the limit is 100"));
    }

    #[test]
    fn declared_events_have_names_and_schemas_and_are_bounded() {
        let declared = |events: Value| {
            let json = serde_json::json!({"handlers": [], "events": events});
            serde_json::from_value::<Described>(json)
        };
        let events =
            declared(serde_json::json!({"orders.charged": {"schema": {"type": "object"}}}));
        assert_eq!(events.unwrap().events().unwrap().len(), 1);
        assert!(declared(serde_json::json!({"step.done": {}})).is_err());
        let wrong = declared(serde_json::json!({"a": {"schema": {"type": "objekt"}}})).unwrap();
        let wrong = wrong.events().unwrap_err().to_string();
        assert!(wrong.contains("schema of event a"), "{wrong}");
        let many = (0..=MAX_DECLARED_EVENTS).map(|no| (format!("e{no}"), serde_json::json!({})));
        let many = declared(Value::Object(many.collect())).unwrap();
        let many = many.events().unwrap_err().to_string();
        assert!(many.contains("the limit is 100"), "{many}");
    }

    #[test]
    fn subscribers_have_their_own_names_and_are_bounded() {
        let subscribers = |names: &[&str]| {
            let subscribers = names.iter().map(|name| serde_json::json!({"name": name}));
            let json =
                serde_json::json!({"handlers": [], "subscribers": subscribers.collect::<Vec<_>>()});
            let described: Described = serde_json::from_value(json).unwrap();
            described.subscribers()
        };
        assert_eq!(subscribers(&["a", "b"]).unwrap().unwrap().len(), 2);
        let twice = subscribers(&["a", "a"]).unwrap_err().to_string();
        assert!(twice.contains("`a` twice"), "{twice}");
        let many = vec!["a"; MAX_SUBSCRIBERS + 1];
        let many = subscribers(&many).unwrap_err().to_string();
        assert!(many.contains("the limit is 100"), "{many}");
        let none: Described = serde_json::from_str(r#"{"handlers": []}"#).unwrap();
        assert_eq!(none.subscribers().unwrap(), None);
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
