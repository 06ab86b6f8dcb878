//! Namespaces.

use crate::endpoint::endpoint;
use crate::page::{Page, PageQuery};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;

/// A namespace, and how much is in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Namespace {
    pub name: String,
    pub components: u64,
    pub component_versions: u64,
    pub templates: u64,
    pub template_versions: u64,
    pub pins: u64,
    pub open_tasks: u64,
    pub created_at: DateTime<Utc>,
}

/// A namespace that was to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CreatedNamespace {
    pub name: Name,
    /// False if it was there.
    pub created: bool,
}

endpoint! {
    /// Lists namespaces by name.
    GET "/v1/namespaces" ListNamespaces {}
    needs Read in AllNamespaces;
    query PageQuery;
    counts items;
    orders Ascending by "name";
    answers Page<Namespace>;
}

endpoint! {
    /// Makes a namespace before anything is in it.
    PUT "/v1/namespaces/{namespace}" CreateNamespace { namespace: Name }
    needs Publish in Path;
    makes CreatedNamespace;
}
