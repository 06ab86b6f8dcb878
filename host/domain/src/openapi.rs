//! JSON Schemas of values that serde carries in a form of their own, such as a name, which is text.
//! The other types derive theirs.

use crate::digest::Digest;
use crate::event::EventName;
use crate::limits::{Limit, LimitPatch, LimitSettings};
use crate::migration::MigrationCursor;
use crate::name::Name;
use crate::permission::NamespaceScope;
use crate::priority::Priority;
use crate::request_rate::RequestRate;
use crate::requirement::{ComponentRef, HandlerRef, MAX_REQUIREMENT_BYTES, Requirement};
use crate::resolve::{Availability, Ineligible, VersionStatus};
use crate::rollout::Percent;
use crate::scope::Scope;
use crate::tag::{Tag, Tags};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use strum::VariantNames as _;

/// Gives a type the schema that follows it, under its name.
macro_rules! schemas {
    ($($type:ident: $schema:tt)+) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

schemas! {
    Name: {
        "description": "A name of ASCII letters, digits, `_` and `-`.",
        "type": "string",
        "pattern": "^[A-Za-z0-9_-]{1,100}$",
    }
    Digest: {
        "description": "The sha256 of some bytes in hexadecimal digits.",
        "type": "string",
        "pattern": "^(sha256:)?[0-9A-Fa-f]{64}$",
    }
    EventName: {
        "description": "Names with dots between them, such as `orders.charged`.",
        "type": "string",
        "maxLength": crate::event::MAX_EVENT_NAME_BYTES,
    }
    Requirement: {
        "description": "A semver range as Cargo reads it, such as `^1.4`, `~1.4.2`, `=1.4.2` or `>=1.2, <3`.",
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_REQUIREMENT_BYTES,
        "examples": ["^1.4"],
    }
    ComponentRef: {
        "description": "A component by name, in another namespace where it says so: `component` or `namespace/component`.",
        "type": "string",
        "pattern": "^([A-Za-z0-9_-]{1,100}/)?[A-Za-z0-9_-]{1,100}$",
    }
    HandlerRef: {
        "description": "What a step runs: `[namespace/]component/handler@requirement`.",
        "type": "string",
        "pattern": "^([A-Za-z0-9_-]{1,100}/){1,2}[A-Za-z0-9_-]{1,100}(@.+)?$",
    }
    Scope: {
        "description": "`*` for all components, `name` for one, or `other/name` for one of another namespace.",
        "type": "string",
        "pattern": "^(\\*|([A-Za-z0-9_-]{1,100}/)?[A-Za-z0-9_-]{1,100})$",
    }
    NamespaceScope: {
        "description": "A namespace, or `*` for all of them.",
        "type": "string",
        "pattern": "^(\\*|[A-Za-z0-9_-]{1,100})$",
    }
    MigrationCursor: {
        "description": "How far a migration is: the `next` of the answer before.",
        "type": "string",
        "pattern": "^(move|(look|move)~[0-9A-Fa-f-]{32,36})$",
    }
    Percent: {
        "description": "A share in percent, in steps of 0.01.",
        "type": "number",
        "minimum": 0,
        "maximum": 100,
    }
    Tag: {
        "description": "What a task is marked with: ASCII letters, digits and `_ - . : / = @`.",
        "type": "string",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9_.:/=@-]{0,63}$",
        "examples": ["customer:7"],
    }
    Tags: {
        "description": "Tags of a task. One that is there twice counts once.",
        "type": "array",
        "items": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.:/=@-]{0,63}$"},
    }
    RequestRate: {
        "description": "Requests a minute, to each host; as many at once after a quiet minute.",
        "type": "integer",
        "minimum": 1,
        "maximum": 1_000_000,
    }
    Priority: {
        "description": "From 0, the lowest, to 9.",
        "type": "integer",
        "minimum": 0,
        "maximum": 9,
    }
}

impl JsonSchema for Availability {
    fn schema_name() -> Cow<'static, str> {
        "Availability".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let active = VersionStatus::Active.into_str();
        let values: Vec<&str> = std::iter::once(active)
            .chain(Ineligible::VARIANTS.iter().copied())
            .collect();
        json_schema!({
            "description": "Whether new tasks may take a version: `active`, or why not.",
            "type": "string",
            "enum": values,
        })
    }
}

impl JsonSchema for LimitSettings {
    fn schema_name() -> Cow<'static, str> {
        "LimitSettings".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        limits(
            "Limits with values, such as `{\"memory\": \"64MiB\", \"cpu\": \"2s\", \"http_requests\": 10}`.",
            &["string", "integer"],
        )
    }
}

impl JsonSchema for LimitPatch {
    fn schema_name() -> Cow<'static, str> {
        "LimitPatch".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        limits(
            "Limits that change, as RFC 7386 has it: null removes one.",
            &["string", "integer", "null"],
        )
    }
}

/// Each limit by its name, with a value of one of these types.
fn limits(description: &str, types: &[&str]) -> Schema {
    let value = |name: &&str| ((*name).to_owned(), serde_json::json!({"type": types}));
    let members: serde_json::Map<_, _> = Limit::NAMES.iter().map(value).collect();
    json_schema!({
        "description": description,
        "type": "object",
        "properties": members,
        "additionalProperties": false,
    })
}
