//! What components and templates have in common: lists, versions, what refers to a version.

use crate::page::Total;
use chrono::{DateTime, Utc};
use semver::Version;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use tasker_domain::hidden::Hidden;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::references::{PinReference, StepReference, SubscriptionReference};
use tasker_domain::resolve::{Availability, Ineligible};

/// What a list of components is of.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "Component"))]
pub struct OfComponents;

/// What a list of templates is of.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "Template"))]
pub struct OfTemplates;

/// A component or template in a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "{K}Summary"))]
#[serde(bound = "")]
pub struct Summary<K> {
    pub namespace: String,
    pub name: String,
    /// What a new task of its own namespace takes that asks for no version; `None` if it would be
    /// refused.
    pub latest: Option<Version>,
    pub versions: usize,
    /// How many of them new tasks may not take, by the reason.
    pub ineligible: BTreeMap<Ineligible, usize>,
    pub created_at: DateTime<Utc>,
    #[serde(skip)]
    pub kind: PhantomData<K>,
}

/// A component or template with its versions.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "{V}s"))]
pub struct Versions<V> {
    pub namespace: Name,
    pub name: Name,
    /// Of a template: what a new task takes that asks for no version; none inside where it would be
    /// refused.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub latest: Option<Option<Version>>,
    pub versions: Vec<V>,
    /// Give it as `after` for the versions behind these; `None` if these are the last.
    pub next: Option<Version>,
    /// How many versions there are on all pages, where the request asks for that by `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Total>,
}

fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Version>>, D::Error> {
    Deserialize::deserialize(from).map(Some)
}

/// The versions that a diff compares. Texts, so that the host can say what is wrong with them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DiffQuery {
    pub from: String,
    pub to: String,
}

/// The version that an upload is compared with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UploadDiffQuery {
    pub from: String,
}

/// The pins that are affected by a yank or quarantine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AffectedPins {
    /// Pins that went back to what they were before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<RolledBackPin>,
    /// Pins that mean no version any more: new tasks that they are about are refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unresolvable_pins: Vec<UnresolvablePin>,
    /// How many such pins there are in namespaces that the caller may not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_pins: Option<usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RolledBackPin {
    pub namespace: String,
    pub kind: PinKind,
    /// `name` of the pin's own namespace, or `other/name`.
    pub target: String,
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct UnresolvablePin {
    pub namespace: String,
    pub kind: PinKind,
    /// `name` of the pin's own namespace, or `other/name`.
    pub target: String,
    pub requirement: String,
}

/// What keeps a version in use.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct References {
    pub namespace: Name,
    pub name: Name,
    pub version: Version,
    pub status: Availability,
    /// Nothing keeps it in use.
    pub is_unreferenced: bool,
    pub open_tasks: u64,
    /// The oldest of them.
    pub oldest_tasks: Vec<TaskId>,
    pub pins: Vec<PinReference>,
    /// Steps of templates that take it in a new task.
    pub steps: Vec<StepReference>,
    /// Subscriptions that have it take their events.
    #[serde(default)]
    pub subscriptions: Vec<SubscriptionReference>,
    /// Steps, pins and subscriptions of namespaces that the caller may not read; they keep it in use too.
    pub hidden: Hidden,
    /// New tasks take it if no version is requested.
    pub is_default: bool,
    /// When a task took it last, or an attempt of it ended; `None` if that is longer ago than 30
    /// days.
    pub last_used_at: Option<DateTime<Utc>>,
    /// An attempt of it runs.
    pub is_running: bool,
    /// No task ever took it.
    pub is_unused: bool,
}
