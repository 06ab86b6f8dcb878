//! What a component says of itself.

use crate::capability::Capability;
use crate::declared_event::DeclaredEvents;
use crate::name::Name;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The result of the inspection of an upload; stored with it as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Descriptor {
    /// The version of `tasker:step` that it was built against.
    pub contract: String,
    /// Its handlers; `None` if it does not describe them.
    pub handlers: Option<Vec<HandlerDescription>>,
    /// Its subscribers; `None` if it does not describe them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribers: Option<Vec<SubscriberDescription>>,
    /// The capabilities that its handlers request, as [`Capability`] writes them.
    pub capabilities: Vec<String>,
    /// The events that its handlers send.
    #[serde(default, skip_serializing_if = "DeclaredEvents::is_empty")]
    pub events: DeclaredEvents,
    /// The interfaces that it imports, with versions.
    pub imports: Vec<String>,
    /// `None` if it is unknown, or was not determined when the version was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// What it exports, with versions.
    #[serde(default)]
    pub exports: Vec<String>,
}

/// One handler, as its author describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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

/// One subscriber, as its author describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SubscriberDescription {
    pub name: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// How subscribers are exported, up to the version.
pub const SUBSCRIBER_EXPORT: &str = "tasker:step/subscriber@";

/// What the producers sections of a component and of the modules in it say, what it consists of, and its commit.
/// Nothing of it is checked: it is what the tools say of themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Provenance {
    pub languages: Vec<Tool>,
    /// Compilers and linkers.
    pub processed_by: Vec<Tool>,
    pub sdks: Vec<Tool>,
    /// Core modules inside.
    pub modules: usize,
    /// The bytes of these modules together.
    pub module_bytes: usize,
    /// The commit of the source, with `-dirty` behind it where something was not committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// A language, compiler or SDK.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Tool {
    pub name: String,
    /// May be empty.
    pub version: String,
}

impl Descriptor {
    /// The capabilities that its handlers request. A component of an earlier host may name what no host
    /// knows, which is nothing.
    pub fn requested(&self) -> Vec<Capability> {
        let requested = self.capabilities.iter().map(|text| text.parse());
        requested.filter_map(Result::ok).collect()
    }

    /// True if the component exports subscribers.
    pub fn has_subscribers(&self) -> bool {
        let mut exports = self.exports.iter();
        exports.any(|export| export.starts_with(SUBSCRIBER_EXPORT))
    }

    /// True if the component has the subscriber, or exports subscribers that it does not describe.
    pub fn may_have_subscriber(&self, name: &str) -> bool {
        let described = self.subscribers.as_ref();
        self.has_subscribers()
            && described.is_none_or(|them| them.iter().any(|it| it.name.as_str() == name))
    }

    /// True if the component has the handler, or does not describe its handlers.
    pub fn may_have(&self, handler: &str) -> bool {
        let Some(handlers) = &self.handlers else {
            return true;
        };
        handlers
            .iter()
            .any(|described| described.name.as_str() == handler)
    }
}
