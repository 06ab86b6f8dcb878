//! From the tree of a source to a definition, with everything that is wrong collected.

mod environment;
mod event;
pub(super) mod fields;
mod graph;
pub(super) mod nearest;
mod policy;
pub(super) mod schema;
mod step;

use super::definition::{Identity, Template};
use super::position::{Findings, Path};
use super::retry::PolicySettings;
use super::tree::Located;
use crate::priority::{Priority, WrongPriority};
use crate::shown::cut;
use fields::{Field, Fields};
use schema_compat::Schema;
use semver::Version;
use serde_json::Value;

const KEYS: [&str; 12] = [
    "namespace",
    "name",
    "version",
    "description",
    "input_schema",
    "identity",
    "priority",
    "queue_key",
    "events",
    "defaults",
    "environments",
    "steps",
];

const IDENTITIES: [(&str, Identity); 3] = [
    ("strict", Identity::Strict),
    ("caller", Identity::Caller),
    ("unique", Identity::Unique),
];

/// The definition that this tree says. Where something is wrong with it the findings say what, and
/// what is returned has no meaning.
pub(super) fn template(root: &Located, findings: &mut Findings) -> Option<Template> {
    let root = Field {
        value: root,
        path: Path::default(),
    };
    let fields = Fields::of(&root, &KEYS, findings)?;
    let namespace = fields.required("namespace", "orders", findings);
    let namespace = namespace.and_then(|field| field.parsed("orders", findings));
    let name = fields.required("name", "fulfil", findings);
    let name = name.and_then(|field| field.parsed("fulfil", findings));
    let version = fields.required("version", "1.0.0", findings);
    let version = version.and_then(|field| self::version(&field, findings));
    let description = fields.get("description");
    let description = description.and_then(|field| field.text("what it does", findings));
    let input_schema = fields
        .get("input_schema")
        .map(|field| json_schema(&field, findings));
    let identity = fields
        .get("identity")
        .and_then(|field| field.one_of(&IDENTITIES, findings));
    let priority = fields
        .get("priority")
        .and_then(|field| number_of_priority(&field, findings));
    let queue_key = fields
        .get("queue_key")
        .and_then(|field| field.parsed("customer_id", findings));
    let events = fields.get("events");
    let events = events.map(|field| event::all(&field, findings));
    let defaults = fields.get("defaults");
    let defaults =
        defaults.and_then(|field| policy::alone(&field, &PolicySettings::default(), findings));
    let defaults = defaults.unwrap_or_default();
    let drafts = step::drafts(&fields, &defaults, findings);
    graph::check(&drafts, findings);
    let environments = fields.get("environments");
    let environments =
        environments.map(|field| environment::all(&field, &drafts, &defaults, findings));
    Some(Template {
        namespace: namespace?,
        name: name?,
        version: version?,
        description: description.map(str::to_owned),
        input_schema,
        identity: identity.unwrap_or_default(),
        priority,
        queue_key,
        events: events.unwrap_or_default(),
        defaults,
        environments: environments.unwrap_or_default(),
        steps: drafts
            .into_iter()
            .map(|draft| draft.step)
            .collect::<Option<_>>()?,
    })
}

fn version(field: &Field<'_>, findings: &mut Findings) -> Option<Version> {
    let shown = match field.value.number() {
        Some(number) => number.to_string(),
        None => field.text("1.0.0", findings)?.to_owned(),
    };
    let right = "write three numbers, such as `1.2.0` or `1.2.0-rc.1`";
    let version = Version::parse(&shown);
    let message = |error| format!("`{}` is not a version: {error}; {right}", cut(&shown));
    version
        .map_err(|error| field.report(message(error), findings))
        .ok()
}

fn number_of_priority(field: &Field<'_>, findings: &mut Findings) -> Option<Priority> {
    let number = field
        .value
        .number()
        .and_then(|it| it.to_string().parse().ok());
    if number.is_none() {
        field.report(WrongPriority.to_string(), findings);
    }
    number
}

/// The schema as JSON; mistakes in it are reported with their positions.
fn json_schema(field: &Field<'_>, findings: &mut Findings) -> Value {
    let value = field.value.to_json();
    if let Err(errors) = Schema::compile(&value) {
        for error in errors {
            let at = field.value.at_pointer(&error.pointer);
            let mut path = field.path.clone();
            path.push_pointer(&error.pointer);
            findings.push(at, path, error.message);
        }
    }
    value
}
