//! What there is and who uses it: trees, uses, drawings, statistics.

use crate::endpoint::{Graph, always, endpoint};
use serde::{Deserialize, Serialize};
use tasker_domain::inventory::{Statistics, Tree, Uses};
use tasker_domain::name::Name;
use tasker_domain::template::GraphFormat;

/// How much of a namespace is shown.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TreeQuery {
    /// Versions of each template and component, the highest first.
    pub versions: Option<usize>,
}

/// What is drawn, and how.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RegistryGraphQuery {
    /// Without it, all that the caller may see.
    pub namespace: Option<Name>,
    #[serde(default)]
    pub format: GraphFormat,
}

endpoint! {
    /// Shows all that is in a namespace.
    GET "/v1/namespaces/{namespace}/tree" ShowTree { namespace: Name }
    needs Read in Path;
    query TreeQuery;
    answers Tree;
    refuses NotFound "unknown_namespace";
}

endpoint! {
    /// Shows who uses a component.
    GET "/v1/namespaces/{namespace}/components/{name}/references"
    ShowUses { namespace: Name, name: Name }
    needs Read in Path;
    answers Uses;
    refuses NotFound "unknown_component", NotFound "unknown_namespace";
}

endpoint! {
    /// Draws templates and the components that they run.
    GET "/v1/registry/graph" DrawRegistry {}
    needs Read in Query;
    may lag if always;
    query RegistryGraphQuery;
    answers Graph;
}

endpoint! {
    /// Shows how much there is in all.
    GET "/v1/registry/stats" ShowStatistics {}
    needs Read in AllNamespaces;
    may lag if always;
    answers Statistics;
}
