//! Components: publish, list, show, compare, plan, approve, yank.

use crate::definition::{
    AffectedPins, DiffQuery, OfComponents, References, Summary, UploadDiffQuery, Versions,
};
use crate::endpoint::{Json, Wasm, endpoint};
use crate::grant::Grant;
use crate::page::{NamespacePageQuery, Page, PageQuery};
use crate::reason::OnlyReason;
use crate::signature::Signature;
use chrono::{DateTime, Utc};
use semver::Version;
use serde::{Deserialize, Serialize};
use tasker_domain::bounds::MAX_COMPONENT_BYTES;
use tasker_domain::compatibility::{CompatReport, Diff};
use tasker_domain::declared_event::DeclaredEvents;
use tasker_domain::descriptor::{HandlerDescription, Provenance, SubscriberDescription};
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::plan::ComponentPlan;
use tasker_domain::resolve::{Ineligible, VersionStatus};

/// One version of a component.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ComponentVersion {
    pub namespace: String,
    pub component: String,
    pub version: Version,
    pub digest: Digest,
    pub size_bytes: u64,
    /// The version of the contract that it was built against.
    pub contract: String,
    /// Empty if the component does not describe them.
    pub handlers: Vec<HandlerDescription>,
    /// Its subscribers; empty if it does not describe them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subscribers: Vec<SubscriberDescription>,
    /// The capabilities that its handlers request.
    pub capabilities: Vec<String>,
    /// The events that its handlers send, as it declares them.
    #[serde(default, skip_serializing_if = "DeclaredEvents::is_empty")]
    pub events: DeclaredEvents,
    /// The requested capabilities, with whether its own namespace grants them.
    pub requested: Vec<RequestedCapability>,
    pub imports: Vec<String>,
    /// `None` if it is not known.
    pub provenance: Option<Provenance>,
    pub status: VersionStatus,
    /// No host starts its code.
    pub quarantined: bool,
    /// What the host found when it compared it with the last version below it, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compat_report: Option<CompatReport>,
    /// Requested capabilities that are not approved; empty unless it needs approval.
    pub unapproved: Vec<String>,
    pub created_at: DateTime<Utc>,
    /// When its bytes were removed, since nothing needed it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_at: Option<DateTime<Utc>>,
    /// Who took it out of use, where this version alone is shown and somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<Withdrawal>,
    /// Only in the answer to a publish: false if the same bytes were there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<bool>,
    /// Only in the answer to a publish: it gave a collected version its bytes back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restored: bool,
    /// Only in the answer to an approval: what was granted by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Vec<Grant>>,
    /// Only in the answer to a yank.
    #[serde(flatten)]
    pub pins: AffectedPins,
}

/// Who yanked or quarantined a version, when and why.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Withdrawal {
    pub at: DateTime<Utc>,
    pub actor: String,
    pub reason: String,
}

/// A capability that a component requests. A text, because the host may know more capabilities than a caller.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RequestedCapability {
    pub capability: String,
    /// Its own namespace grants it.
    pub granted: bool,
}

impl ComponentVersion {
    /// `namespace/component`.
    pub fn family(&self) -> String {
        format!("{}/{}", self.namespace, self.component)
    }

    /// `namespace/component@version`.
    pub fn release(&self) -> String {
        format!("{}@{}", self.family(), self.version)
    }

    /// Why new tasks may not take it.
    pub fn ineligible(&self) -> Option<Ineligible> {
        match self.collected_at {
            Some(_) => Some(Ineligible::Collected),
            None => self.ineligible_with_bytes(),
        }
    }

    /// Why new tasks may not take it; of a collected one, once it has its bytes back.
    pub fn ineligible_with_bytes(&self) -> Option<Ineligible> {
        match self.quarantined {
            true => Some(Ineligible::Quarantined),
            false => self.status.ineligible(),
        }
    }
}

endpoint! {
    /// Lists components by namespace and name.
    GET "/v1/components" ListComponents {}
    needs Read in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "name";
    answers Page<Summary<OfComponents>>;
    refuses NotFound "unknown_namespace";
}

endpoint! {
    /// Shows the versions of a component, the highest first.
    GET "/v1/namespaces/{namespace}/components/{name}" ShowComponent { namespace: Name, name: Name }
    needs Read in Path;
    query PageQuery;
    counts items;
    orders Descending by "version";
    answers Versions<ComponentVersion>;
    refuses NotFound "unknown_component";
}

endpoint! {
    /// Shows one version.
    GET "/v1/namespaces/{namespace}/components/{name}/versions/{version}"
    ShowComponentVersion { namespace: Name, name: Name, version: String }
    needs Read in Path;
    answers ComponentVersion;
    refuses Malformed "invalid_version", NotFound "unknown_component", NotFound "unknown_version";
}

endpoint! {
    /// Publishes a version. Its signatures are sent as headers.
    PUT "/v1/namespaces/{namespace}/components/{name}/versions/{version}"
    PublishComponent { namespace: Name, name: Name, version: String }
    needs Publish in Path;
    headers SIGNATURE;
    body Wasm;
    at most MAX_COMPONENT_BYTES;
    makes ComponentVersion;
    refuses
        Malformed "invalid_signature",
        Malformed "invalid_version",
        Conflict "version_exists",
        Refused "component_refused",
        Refused "long_number",
        Refused "nul_character",
        Refused "semver_violation",
        Refused "unsigned",
        Refused "wrong_signature",
        TooMany "too_many_component_requests",
        Unavailable "contention";
}

endpoint! {
    /// Returns the bytes of a version.
    GET "/v1/namespaces/{namespace}/components/{name}/versions/{version}/bytes"
    DownloadComponent { namespace: Name, name: Name, version: String }
    needs Read in Path;
    answers Wasm;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_component",
        NotFound "unknown_version",
        Gone "bytes_removed",
        TooMany "too_many_component_requests";
}

endpoint! {
    /// Lists the signatures of a version, all on one page.
    GET "/v1/namespaces/{namespace}/components/{name}/versions/{version}/signatures"
    ListSignatures { namespace: Name, name: Name, version: String }
    needs Read in Path;
    answers Page<Signature>;
    refuses Malformed "invalid_version", NotFound "unknown_component", NotFound "unknown_version";
}

endpoint! {
    /// Compares two versions.
    GET "/v1/namespaces/{namespace}/components/{name}/diff"
    DiffComponent { namespace: Name, name: Name }
    needs Read in Path;
    query DiffQuery;
    answers Diff;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_component",
        NotFound "unknown_version",
        Gone "bytes_removed",
        TooMany "too_many_component_requests";
}

endpoint! {
    /// Compares a version with bytes that are not published. Nothing is stored.
    POST "/v1/namespaces/{namespace}/components/{name}/diff"
    DiffComponentUpload { namespace: Name, name: Name }
    needs Read in Path;
    query UploadDiffQuery;
    body Wasm;
    at most MAX_COMPONENT_BYTES;
    answers Diff;
    is idempotent;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_component",
        NotFound "unknown_version",
        Gone "bytes_removed",
        Refused "component_refused",
        TooMany "too_many_component_requests";
}

endpoint! {
    /// What it would change if a published version were given to new tasks.
    GET "/v1/namespaces/{namespace}/components/{name}/versions/{version}/plan"
    PlanComponent { namespace: Name, name: Name, version: String }
    needs Read in Path;
    answers ComponentPlan;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_component",
        NotFound "unknown_version",
        TooMany "too_many_component_requests";
}

endpoint! {
    /// What publishing these bytes would change. Nothing is stored.
    POST "/v1/namespaces/{namespace}/components/{name}/versions/{version}/plan"
    PlanComponentUpload { namespace: Name, name: Name, version: String }
    needs Read in Path;
    body Wasm;
    at most MAX_COMPONENT_BYTES;
    answers ComponentPlan;
    is idempotent;
    refuses
        Malformed "invalid_version",
        Conflict "version_exists",
        Refused "component_refused",
        Refused "long_number",
        Refused "nul_character",
        TooMany "too_many_component_requests";
}

endpoint! {
    /// Grants what a version requests, and lets new tasks use it.
    POST "/v1/namespaces/{namespace}/components/{name}/versions/{version}/approve"
    ApproveComponent { namespace: Name, name: Name, version: String }
    needs Grant in Path;
    body Json<OnlyReason>;
    answers ComponentVersion;
    is idempotent;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_component",
        NotFound "unknown_version",
        Conflict "not_waiting_for_approval",
        Refused "too_many_grants",
        Unavailable "contention";
}

endpoint! {
    /// Takes a version back: new tasks do not take it, tasks that have it keep it.
    POST "/v1/namespaces/{namespace}/components/{name}/versions/{version}/yank"
    YankComponent { namespace: Name, name: Name, version: String }
    needs Operate in Path;
    body Json<OnlyReason>;
    answers ComponentVersion;
    is idempotent;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_component",
        NotFound "unknown_version",
        Unavailable "contention";
}

endpoint! {
    /// Undoes a yank.
    POST "/v1/namespaces/{namespace}/components/{name}/versions/{version}/unyank"
    UnyankComponent { namespace: Name, name: Name, version: String }
    needs Operate in Path;
    body Json<OnlyReason>;
    answers ComponentVersion;
    is idempotent;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_component",
        NotFound "unknown_version",
        Unavailable "contention";
}

endpoint! {
    /// Shows what keeps a version in use.
    GET "/v1/namespaces/{namespace}/components/{name}/versions/{version}/references"
    ShowComponentReferences { namespace: Name, name: Name, version: String }
    needs Read in Path;
    answers References;
    refuses Malformed "invalid_version", NotFound "unknown_component", NotFound "unknown_version";
}
