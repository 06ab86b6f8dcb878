//! Quarantine: code that no host starts.

use crate::definition::AffectedPins;
use crate::endpoint::{Json, endpoint};
use crate::page::{Page, PageQuery};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;

/// Code in quarantine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Quarantine {
    pub digest: Digest,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub reason: String,
    /// Every name of these bytes.
    pub names: Vec<VersionName>,
    /// Only in the answer to a quarantine: false if it stood already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<bool>,
    /// Only in the answer to a quarantine: the suspended tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Vec<HeldTasks>>,
    /// Only in the answer to a quarantine.
    #[serde(flatten)]
    pub pins: AffectedPins,
}

/// A component's version by its full name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct VersionName {
    pub namespace: String,
    pub component: String,
    pub version: String,
}

impl fmt::Display for VersionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.namespace, self.component, self.version)
    }
}

/// Open tasks of a template that are suspended by a quarantine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct HeldTasks {
    pub namespace: String,
    pub template: String,
    pub tasks: i64,
    pub steps: i64,
}

/// Code that may run again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Released {
    /// Every name of these bytes.
    pub names: Vec<VersionName>,
    /// Steps that were suspended and are resumed.
    pub steps: i32,
}

endpoint! {
    /// Lists the code in quarantine, the newest first.
    GET "/v1/quarantine" ListQuarantine {}
    needs Read in AllNamespaces;
    query PageQuery;
    counts items;
    orders Descending by "at";
    answers Page<Quarantine>;
}

// A quarantine applies to the bytes in every namespace.
endpoint! {
    /// Stops the code of a version on every host, under all of its names.
    POST "/v1/namespaces/{namespace}/components/{name}/versions/{version}/quarantine"
    QuarantineComponent { namespace: Name, name: Name, version: String }
    needs Operate in AllNamespaces;
    body Json<OnlyReason>;
    answers Quarantine;
    is idempotent;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_component",
        NotFound "unknown_version",
        Unavailable "contention";
}

endpoint! {
    /// Lifts a quarantine.
    POST "/v1/namespaces/{namespace}/components/{name}/versions/{version}/release"
    ReleaseComponent { namespace: Name, name: Name, version: String }
    needs Operate in AllNamespaces;
    body Json<OnlyReason>;
    answers Released;
    is idempotent;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_component",
        NotFound "unknown_version",
        Conflict "not_quarantined",
        Unavailable "contention";
}
