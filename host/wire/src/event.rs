//! The feed of events: everything that happens, as CloudEvents 1.0.

use crate::endpoint::{EventStream, always, endpoint};
use crate::page::{Page, PageQuery, Total};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tasker_domain::declared_event::DeclaredEvent;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::tag::Tag;

/// The form of the events.
pub const SPEC_VERSION: &str = "1.0";
/// The name of the server-sent event that says why a stream ends.
pub const END: &str = "end";
/// The reason of an end behind as many events as were asked for.
pub const LIMIT: &str = "limit";

/// An event in the structured JSON form of CloudEvents 1.0.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CloudEvent {
    pub specversion: String,
    /// Unique with the source.
    pub id: String,
    /// `/namespaces/orders`; `/tasker` for what belongs to no namespace.
    pub source: String,
    /// `tasker.task.completed`, or the name that a handler gave, such as `orders.charged`.
    pub r#type: String,
    /// The task, `task/step`, or what was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub time: DateTime<Utc>,
    pub datacontenttype: String,
    /// Where the type is described.
    pub dataschema: String,
    /// The cursor behind this event. Cursors have the order of the events.
    pub sequence: String,
    /// That of the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlationid: Option<String>,
    /// The id of the event from which this one follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<String>,
    /// The trace of the task, as the extension for distributed tracing has it: in W3C Trace Context, the span of the
    /// task, the step or the attempt. Only where the caller sent a trace, or the host exports traces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    pub data: Box<RawValue>,
}

/// Which events are asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventQuery {
    /// With commas between them: `task.*,orders.charged`.
    pub types: Option<String>,
    pub namespace: Option<Name>,
    /// The template of the task.
    pub template: Option<Name>,
    pub task: Option<TaskId>,
    pub step: Option<String>,
    pub handler: Option<String>,
    pub correlation_id: Option<String>,
    /// Of the task.
    pub tag: Option<Tag>,
    /// A cursor or a time. A list begins at the beginning without it, a stream at its end.
    pub from: Option<String>,
    /// A stream ends behind so many, and without it only when it has to.
    pub limit: Option<u32>,
}

/// A part of the feed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "EventPage"))]
pub struct EventPage<T = CloudEvent> {
    /// In order; fewer than the limit, or none, where most of what was looked at is not asked for.
    pub items: Vec<T>,
    /// Give it as `from` for the next page. Always there: more may happen.
    pub next: String,
    /// There was nothing behind this page when it was read.
    pub is_end: bool,
    /// How many events there are from `from` on, where the request asks for that by `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Total>,
}

/// The last server-sent event of a stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StreamEnd {
    /// `limit`, `too_slow`, `shutdown`, `access_changed` or `unavailable`.
    pub reason: String,
    /// Go on from here.
    pub next: String,
}

/// A type of events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EventTypeSummary {
    /// Without `tasker.`
    pub name: String,
    pub category: String,
    /// The release that had it first.
    pub since: String,
    /// When it occurs.
    pub when: String,
}

/// A type of events with all that is known of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EventType {
    #[serde(flatten)]
    pub summary: EventTypeSummary,
    /// What it is derived from.
    pub row: String,
    /// What the predecessor, the engine in Ruby, calls it.
    pub predecessor: Vec<String>,
    /// The JSON Schema of `data`.
    pub schema: Value,
    /// An example of `data`.
    pub example: Value,
}

/// All types of events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EventCatalog {
    pub items: Vec<EventTypeSummary>,
}

/// An event that handlers send, as one component or template declares it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct NamespaceEvent {
    pub name: String,
    #[serde(flatten)]
    pub declared: DeclaredEvent,
    pub declared_by: EventDeclarer,
}

/// The newest active version of a component or template that declares an event.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct EventDeclarer {
    /// `component` or `template`.
    pub kind: String,
    pub name: String,
    pub version: String,
}

endpoint! {
    /// Lists events in order, from a position or time on.
    GET "/v1/events" ListEvents {}
    needs Read in AnyNamespace;
    query EventQuery;
    counts items;
    answers EventPage;
    refuses Malformed "invalid_cursor";
}

endpoint! {
    /// Sends events as they happen, from a position or time on.
    GET "/v1/events/stream" StreamEvents {}
    needs Read in AnyNamespace;
    query EventQuery;
    headers LAST_EVENT_ID;
    answers EventStream;
    refuses Malformed "invalid_cursor", TooMany "too_many_streams";
}

endpoint! {
    /// Lists the types of events.
    GET "/v1/events/catalog" ShowEventCatalog {}
    needs Read in AnyNamespace;
    may lag if always;
    answers EventCatalog;
}

endpoint! {
    /// Lists the events that the components and templates of a namespace declare.
    GET "/v1/namespaces/{namespace}/events" ListNamespaceEvents { namespace: Name }
    needs Read in Path;
    may lag if always;
    query PageQuery;
    counts items;
    orders Ascending by "name";
    answers Page<NamespaceEvent>;
    refuses NotFound "unknown_namespace";
}

endpoint! {
    /// Describes a type of events.
    GET "/v1/events/catalog/{name}" ShowEventType { name: String }
    needs Read in AnyNamespace;
    may lag if always;
    answers EventType;
    refuses NotFound "unknown_event_type";
}
