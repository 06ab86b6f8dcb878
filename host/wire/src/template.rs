//! Templates: check, publish, list, show, draw, compare, plan, yank.

use crate::definition::{
    AffectedPins, DiffQuery, OfTemplates, References, Summary, UploadDiffQuery, Versions,
};
use crate::endpoint::{Json, Text, Yaml, YamlOrJson, endpoint};
use crate::page::{NamespacePageQuery, Page, PageQuery};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tasker_domain::compatibility::{CompatReport, Diff};
use tasker_domain::digest::Digest;
use tasker_domain::limits::LimitSettings;
use tasker_domain::name::Name;
use tasker_domain::plan::{Assumed, TemplatePlan};
use tasker_domain::requirement::HandlerRef;
use tasker_domain::resolve::VersionStatus;
use tasker_domain::template::{Backoff, GraphFormat, MAX_SOURCE_BYTES};

/// In place of a version: the one that a new task takes which asks for none.
pub const LATEST: &str = "latest";

/// A template that may be published.
#[cfg(feature = "openapi")]
pub const TEMPLATE_EXAMPLE: &str = "\
namespace: shop
name: charge
version: 1.0.0
steps:
  - name: charge
    handler: charge/noop
";

/// One version of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TemplateVersion {
    pub namespace: String,
    pub name: String,
    pub version: Version,
    pub digest: Digest,
    pub description: Option<String>,
    /// Parents before children.
    pub steps: Vec<StepTemplate>,
    pub input_schema: Option<Value>,
    /// The YAML as its author wrote it.
    pub source: String,
    pub status: VersionStatus,
    /// What the host found when it compared it with the last version below it, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compat_report: Option<CompatReport>,
    pub created_at: DateTime<Utc>,
    /// Only in the answer to a publish: false if the same template was there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<bool>,
    /// Only in the answer to a publish: what would keep a task of it from running now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<String>>,
    /// Only in the answer to a yank.
    #[serde(flatten)]
    pub pins: AffectedPins,
}

impl TemplateVersion {
    /// `namespace/name`.
    pub fn family(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// `namespace/name@version`.
    pub fn release(&self) -> String {
        format!("{}@{}", self.family(), self.version)
    }
}

/// A step as a template says it, with the template's defaults.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StepTemplate {
    pub name: Name,
    pub handler: HandlerRef,
    pub depends_on: Vec<Name>,
    pub timeout_ms: u64,
    /// The host and the namespace may set lower ones.
    pub limits: LimitSettings,
    pub retry: RetryPolicy,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RetryPolicy {
    pub max_attempts: u16,
    pub backoff: Backoff,
    pub base_ms: u64,
    pub max_ms: u64,
    /// From 0 to 1.
    pub jitter: f64,
}

/// A template that was checked and not stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CheckedTemplate {
    pub namespace: Name,
    pub name: Name,
    pub version: Version,
    pub steps: usize,
}

/// How a template is published.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PublishQuery {
    /// Also where no task of it could run yet.
    #[serde(default)]
    pub allow_missing: bool,
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GraphQuery {
    #[serde(default)]
    pub format: GraphFormat,
}

/// A template that is planned, with what is to be there before it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"source": TEMPLATE_EXAMPLE})))]
pub struct PlannedTemplate {
    /// YAML.
    pub source: String,
    #[serde(default)]
    pub assume: Assumed,
}

endpoint! {
    /// Lists templates by namespace and name.
    GET "/v1/templates" ListTemplates {}
    needs Read in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "name";
    answers Page<Summary<OfTemplates>>;
    refuses NotFound "unknown_namespace";
}

endpoint! {
    /// Checks a template. Nothing is stored.
    POST "/v1/templates/check" CheckTemplate {}
    needs Read in Authenticated;
    body Yaml;
    at most MAX_SOURCE_BYTES;
    answers CheckedTemplate;
    is idempotent;
    refuses Refused "invalid_template";
}

endpoint! {
    /// Shows the versions of a template, the highest first.
    GET "/v1/namespaces/{namespace}/templates/{name}" ShowTemplate { namespace: Name, name: Name }
    needs Read in Path;
    query PageQuery;
    counts items;
    orders Descending by "version";
    answers Versions<TemplateVersion>;
    refuses NotFound "unknown_template";
}

endpoint! {
    /// Shows one version; it may be [`LATEST`].
    GET "/v1/namespaces/{namespace}/templates/{name}/versions/{version}"
    ShowTemplateVersion { namespace: Name, name: Name, version: String }
    needs Read in Path;
    answers TemplateVersion;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_template",
        NotFound "unknown_version",
        Refused "unresolved";
}

endpoint! {
    /// Publishes a version, which the YAML names too.
    PUT "/v1/namespaces/{namespace}/templates/{name}/versions/{version}"
    PublishTemplate { namespace: Name, name: Name, version: String }
    needs Publish in Path;
    query PublishQuery;
    body Yaml;
    at most MAX_SOURCE_BYTES;
    makes TemplateVersion;
    refuses
        Malformed "invalid_version",
        Forbidden "not_shared",
        Conflict "version_exists",
        Refused "invalid_template",
        Refused "long_number",
        Refused "nul_character",
        Refused "semver_violation",
        Refused "template_address_differs",
        Refused "template_cannot_run",
        Unavailable "contention";
}

endpoint! {
    /// Draws the steps of a version, which may be [`LATEST`].
    GET "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/graph"
    DrawTemplate { namespace: Name, name: Name, version: String }
    needs Read in Path;
    query GraphQuery;
    answers Text;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_template",
        NotFound "unknown_version",
        Refused "unresolved";
}

endpoint! {
    /// Compares two versions.
    GET "/v1/namespaces/{namespace}/templates/{name}/diff"
    DiffTemplate { namespace: Name, name: Name }
    needs Read in Path;
    query DiffQuery;
    answers Diff;
    refuses Malformed "invalid_version", NotFound "unknown_template", NotFound "unknown_version";
}

endpoint! {
    /// Compares a version with YAML that is not published. Nothing is stored.
    POST "/v1/namespaces/{namespace}/templates/{name}/diff"
    DiffTemplateUpload { namespace: Name, name: Name }
    needs Read in Path;
    query UploadDiffQuery;
    body Yaml;
    at most MAX_SOURCE_BYTES;
    answers Diff;
    is idempotent;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_template",
        NotFound "unknown_version",
        Refused "invalid_template";
}

endpoint! {
    /// What publishing this YAML would change, or a [`PlannedTemplate`]. Nothing is stored.
    POST "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/plan"
    PlanTemplate { namespace: Name, name: Name, version: String }
    needs Read in Path;
    body YamlOrJson;
    at most 2 * MAX_SOURCE_BYTES;
    answers TemplatePlan;
    is idempotent;
    refuses
        Malformed "invalid_version",
        Conflict "version_exists",
        Refused "invalid_template",
        Refused "template_address_differs";
}

endpoint! {
    /// Takes a version back: new tasks do not take it, tasks that have it keep it.
    POST "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/yank"
    YankTemplate { namespace: Name, name: Name, version: String }
    needs Operate in Path;
    body Json<OnlyReason>;
    answers TemplateVersion;
    is idempotent;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_template",
        NotFound "unknown_version",
        Unavailable "contention";
}

endpoint! {
    /// Undoes a yank.
    POST "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/unyank"
    UnyankTemplate { namespace: Name, name: Name, version: String }
    needs Operate in Path;
    body Json<OnlyReason>;
    answers TemplateVersion;
    is idempotent;
    refuses
        Malformed "invalid_version",
        NotFound "unknown_template",
        NotFound "unknown_version",
        Unavailable "contention";
}

endpoint! {
    /// Shows what keeps a version in use.
    GET "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/references"
    ShowTemplateReferences { namespace: Name, name: Name, version: String }
    needs Read in Path;
    answers References;
    refuses Malformed "invalid_version", NotFound "unknown_template", NotFound "unknown_version";
}
