//! What names mean wherever they stand: tags, parameters and headers.

use super::super::auth::browser_session;
use super::super::orders::ORDER;
use super::super::sparse::FIELDS;
use super::super::totals::COUNT;
use serde_json::{Value, json};
use tasker_domain::order::{Direction, Order};
use tasker_domain::reason::MAX_REASON_BYTES;
use tasker_wire::endpoint::{Needs, Scope};
use tasker_wire::page::{DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS};

/// What the document begins with.
pub const INTRODUCTION: &str = "JSON over HTTP/1.1. A refused request is answered with a problem (RFC 9457), whose \
`code` is stable. Lists are answered in pages: `limit` and `after` in, `items` and `next` out; `order` turns them round. Every answer has \
`x-correlation-id`, which the host's log has too.";

/// A group of operations: those that one module of `tasker-wire` declares.
pub struct Tag {
    pub module: &'static str,
    pub name: &'static str,
    pub description: &'static str,
}

const fn tag_of(module: &'static str, name: &'static str, description: &'static str) -> Tag {
    Tag {
        module,
        name,
        description,
    }
}

pub const TAGS: &[Tag] = &[
    tag_of("task", "Tasks", "Submit, list, show and cancel tasks."),
    tag_of("step", "Steps", "The steps of a task, and their payloads."),
    tag_of(
        "transition",
        "Transitions",
        "The log of a task: changes of state, and events of handlers.",
    ),
    tag_of("log", "Logs", "What the attempts of a step log."),
    tag_of(
        "recording",
        "Recordings",
        "What attempts saw of their hosts, to run them again.",
    ),
    tag_of(
        "component",
        "Components",
        "Publish, inspect, compare, approve and yank components.",
    ),
    tag_of(
        "template",
        "Templates",
        "Check, publish, draw, compare and yank templates.",
    ),
    tag_of(
        "registry",
        "Registry",
        "What is published, and who uses it.",
    ),
    tag_of(
        "pin",
        "Pins",
        "Which versions new tasks take: pins, rollouts, rollbacks.",
    ),
    tag_of(
        "migration",
        "Migrations",
        "Open tasks that take other versions.",
    ),
    tag_of("quarantine", "Quarantine", "Code that no host starts."),
    tag_of(
        "signature",
        "Signing keys",
        "The keys whose signatures a namespace accepts.",
    ),
    tag_of(
        "collection",
        "Collections",
        "Removal of bytes that nothing needs.",
    ),
    tag_of(
        "namespace",
        "Namespaces",
        "What is separate: names, rights and limits.",
    ),
    tag_of("grant", "Grants", "What components may reach."),
    tag_of(
        "share",
        "Shares",
        "Components that other namespaces may use.",
    ),
    tag_of(
        "recording_rule",
        "Recording rules",
        "Which attempts are recorded.",
    ),
    tag_of("limit", "Limits", "How much attempts may use."),
    tag_of("secret", "Secrets", "Values that go in and never come out."),
    tag_of(
        "kv",
        "Key-value store",
        "Values of handlers that outlive tasks.",
    ),
    tag_of(
        "queue",
        "Queue",
        "The steps that are to be claimed, by namespace.",
    ),
    tag_of(
        "retention",
        "Retention",
        "How long finished tasks are kept.",
    ),
    tag_of(
        "event",
        "Events",
        "The feed of everything that happens, as CloudEvents 1.0.",
    ),
    tag_of(
        "subscription",
        "Subscriptions",
        "Events that are delivered to webhooks, components and NATS.",
    ),
    tag_of("analytics", "Statistics", "Throughput, times and errors."),
    tag_of("audit", "Audit", "Who changed what."),
    tag_of("key", "Keys", "API keys."),
    tag_of(
        "session",
        "Sessions",
        "Browsers that are signed in with a cookie.",
    ),
    tag_of("access", "Access", "What the caller is taken for."),
    tag_of("host", "Hosts", "The hosts on this database."),
    tag_of("health", "Health", "Liveness, readiness and status."),
    tag_of("metrics", "Metrics", "What Prometheus scrapes."),
    tag_of("description", "Description", "This description."),
];

/// The tag of what a module declares.
///
/// # Panics
///
/// When the module has none, which a test finds.
pub fn tag(module: &str) -> &'static str {
    let module = module.rsplit("::").next().unwrap_or(module);
    let tag = TAGS.iter().find(|tag| tag.module == module);
    tag.unwrap_or_else(|| panic!("the module {module} has no tag"))
        .name
}

/// A variable segment of a path.
///
/// # Panics
///
/// When its name is not described here, which a test finds.
pub fn in_path(path: &str, name: &str, schema: &Value) -> Value {
    let (description, example) = match name {
        "namespace" => ("The namespace.", json!("shop")),
        "name" => ("What it is called.", json!("charge")),
        "version" => (
            "A version, such as `1.4.0`; of a template also `latest`, where one is read.",
            json!("1.0.0"),
        ),
        "id" => ("Its id.", Value::Null),
        "step" => ("The name of the step in its template.", json!("charge")),
        "seq" => (
            "The number of the transition in the log of its task.",
            json!(1),
        ),
        "kind" => (
            "Whether the pin is about a component or a template.",
            json!("component"),
        ),
        "target" => (
            "`name`, or `other~name` of another namespace.",
            json!("charge"),
        ),
        "component" => (
            "`*`, `name`, or `other~name` of another namespace.",
            json!("charge"),
        ),
        "shared_with" => (
            "The namespace that may use it, or `*` for every one.",
            json!("warehouse"),
        ),
        "run" => ("The number of the run, from 1.", json!(1)),
        "bucket" => ("The bucket of the entry.", json!("orders")),
        "key" => (
            "The key of the entry, or the id of the signing key.",
            json!("order-9"),
        ),
        "grant_id" => ("The id of the grant.", Value::Null),
        other => panic!("the segment {other} is not described"),
    };
    let mut schema = schema.clone();
    if let Some(pattern) = form(path, name) {
        schema["pattern"] = pattern.into();
    }
    let mut parameter = json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "schema": schema,
    });
    if !example.is_null() {
        parameter["example"] = example;
    }
    parameter
}

/// The form of a segment of a path that is not the text of a type.
fn form(path: &str, name: &str) -> Option<&'static str> {
    Some(match name {
        "version" if path.contains("/templates/") => {
            r"^(latest|[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)$"
        }
        "version" => r"^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$",
        "target" => "^([A-Za-z0-9_-]{1,100}~)?[A-Za-z0-9_-]{1,100}$",
        "component" => r"^(\*|([A-Za-z0-9_-]{1,100}~)?[A-Za-z0-9_-]{1,100})$",
        "shared_with" => r"^(\*|[A-Za-z0-9_-]{1,100})$",
        _ => return None,
    })
}

/// A parameter of a query.
pub fn in_query(name: &str, mut schema: Value, is_required: bool) -> Value {
    let own = schema
        .as_object_mut()
        .and_then(|it| it.remove("description"));
    complete(&mut schema, bounds(name, true));
    let description = own.or_else(|| meaning(name).map(Value::from));
    let mut parameter =
        json!({"name": name, "in": "query", "required": is_required, "schema": schema});
    if let Some(description) = description {
        parameter["description"] = description;
    }
    if parameter["schema"]["type"] == "array" {
        // Several values have commas between them.
        parameter["style"] = json!("form");
        parameter["explode"] = json!(false);
    }
    match name {
        "from" if is_required => parameter["example"] = json!("1.0.0"),
        "to" if is_required => parameter["example"] = json!("1.1.0"),
        _ => {}
    }
    parameter
}

/// The parameter of sparse answers.
pub fn fields() -> Value {
    json!({
        "name": FIELDS,
        "in": "query",
        "required": false,
        "description": "Only these members of the answer, or of each item of a page, with commas between them; \
                        `rollout.percent` is a member of a member.",
        "schema": {"type": "string"},
    })
}

/// The parameter of orders. Lists with the same key have the same schema.
pub fn order(order: Order) -> Value {
    let [up, down] = [Direction::Ascending, Direction::Descending].map(|way| order.text(way));
    let words = order.key.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    });
    json!({
        "name": ORDER,
        "in": "query",
        "required": false,
        "description": format!("In which order: by `{}` from the lowest on, or from the highest on.", order.key),
        "schema": {
            "title": format!("{}Order", words.collect::<String>()),
            "type": "string",
            "enum": [up, down],
            "default": order.text(order.default),
        },
    })
}

/// The parameter of totals.
pub fn count() -> Value {
    json!({
        "name": COUNT,
        "in": "query",
        "required": false,
        "description": "The answer has `total`, the number of items on all pages. `estimate` costs little; `exact` counts \
                        up to 10,000, and says by `is_exact` whether that was enough.",
        "schema": {"type": "string", "enum": ["estimate", "exact"]},
    })
}

/// Gives members of a request their bounds.
pub fn complete_members(schema: &mut Value) {
    let members = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, member) in members.into_iter().flatten() {
        complete(member, bounds(name, false));
    }
}

/// What a parameter of a query means wherever its type does not say.
fn meaning(name: &str) -> Option<&'static str> {
    Some(match name {
        "after" => "The `next` of the page before.",
        "limit" => "The most items.",
        "namespace" => "The namespace; without it, all that the caller may see.",
        "template" => "Only of this template.",
        "state" => "Only in this state.",
        "task" => "Only of this task.",
        "step" => "Only of this step.",
        "handler" => "Only of this handler.",
        "correlation_id" => "Only with this correlation id.",
        "format" => "The language of the graph.",
        "by" => "What the answer is divided by.",
        "from" => "The version to compare from.",
        "to" => "The version to compare to.",
        _ => return None,
    })
}

/// Bounds of parameters and members that are the same in all requests.
fn bounds(name: &str, is_query: bool) -> Value {
    match name {
        "limit" if is_query => json!({
            "minimum": 1,
            "maximum": MAX_PAGE_ITEMS,
            "default": DEFAULT_PAGE_ITEMS,
        }),
        "wait_ms" => json!({"minimum": 0, "maximum": MAX_WAIT_MS, "default": 0}),
        "reason" => json!({"maxLength": MAX_REASON_BYTES}),
        _ => Value::Null,
    }
}

fn complete(schema: &mut Value, bounds: Value) {
    if let (Some(schema), Value::Object(bounds)) = (schema.as_object_mut(), bounds) {
        schema.extend(bounds);
    }
}

/// The longest wait of a long poll, in milliseconds.
const MAX_WAIT_MS: u64 = tasker_tasks::wait::MAX_WAIT.as_secs() * 1_000;

/// How callers show who they are.
pub fn security_schemes() -> Value {
    json!({
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key, or a JSON Web Token where the host takes tokens.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": browser_session::NAME,
            "description": "The cookie of a browser that is signed in.",
        },
    })
}

/// What the caller needs, for programs.
pub fn permission(needs: Needs) -> Value {
    let scope = match needs.scope {
        Scope::Open | Scope::Authenticated => return json!({"scope": "authenticated"}),
        Scope::Path => "namespace of the path",
        Scope::Task => "namespace of the task",
        Scope::Query => "namespace of the query",
        Scope::Body => "namespaces of the body",
        Scope::AnyNamespace => "any namespace",
        Scope::AllNamespaces => "all namespaces",
    };
    json!({"action": needs.action, "scope": scope})
}
