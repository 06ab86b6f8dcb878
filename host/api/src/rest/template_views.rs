//! Templates as JSON.

use chrono::{DateTime, Utc};
use semver::Version;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use tasker_domain::digest::Digest;
use tasker_domain::limits::LimitSettings;
use tasker_domain::name::Name;
use tasker_domain::template::{Backoff, OrderedStep, Template};
use tasker_registry::RegistryError;
use tasker_registry::discover::stored_template;
use tasker_registry::listed::{IneligibleCounts, ListedFamily};
use tasker_registry::publish_template::PublishedTemplate;
use tasker_registry::store::component::VersionStatus;
use tasker_registry::store::template::TemplateVersionRow;

/// A template in a list.
#[derive(Serialize)]
pub struct TemplateSummary {
    namespace: String,
    name: String,
    /// What a new task takes that asks for no version; null where it would be refused.
    latest: Option<String>,
    versions: usize,
    /// How many of them new tasks may not take, by the reason.
    barred: IneligibleCounts,
    created_at: DateTime<Utc>,
}

/// A template with its versions, the highest first.
#[derive(Serialize)]
pub struct TemplateView {
    pub namespace: Name,
    pub name: Name,
    /// What a new task takes that asks for no version; null where it would be refused.
    pub latest: Option<Version>,
    pub versions: Vec<TemplateVersionView>,
    /// Give it as `after` for lower versions; null where these are the last.
    pub next: Option<String>,
}

/// A template that was checked and not stored.
#[derive(Serialize)]
pub struct CheckView {
    namespace: Name,
    name: Name,
    version: Version,
    steps: usize,
}

/// One template version.
#[derive(Serialize)]
pub struct TemplateVersionView {
    namespace: String,
    name: String,
    version: String,
    digest: Digest,
    description: Option<String>,
    /// Parents before children.
    steps: Vec<StepTemplateView>,
    input_schema: Option<Value>,
    source: String,
    status: VersionStatus,
    /// What the host found when it compared it with the last version below it, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Value>,
    created_at: DateTime<Utc>,
}

/// The answer to a publish.
#[derive(Serialize)]
pub struct PublishedView {
    #[serde(flatten)]
    template: TemplateVersionView,
    created: bool,
    /// What would keep a task of it from running now.
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct StepTemplateView {
    name: Name,
    handler: String,
    depends_on: Vec<Name>,
    timeout_ms: u64,
    /// What the template says, the defaults included; the host and the namespace may say less.
    limits: LimitSettings,
    retry: RetryView,
}

#[derive(Serialize)]
struct RetryView {
    max_attempts: u16,
    backoff: Backoff,
    base_ms: u64,
    max_ms: u64,
    jitter: f64,
}

impl From<ListedFamily> for TemplateSummary {
    fn from(row: ListedFamily) -> Self {
        Self {
            latest: row.latest.map(|version| version.to_string()),
            barred: row.ineligible,
            versions: row.versions.len(),
            namespace: row.namespace,
            name: row.name,
            created_at: row.created_at,
        }
    }
}

impl From<Template> for CheckView {
    fn from(template: Template) -> Self {
        let Template {
            namespace,
            name,
            version,
            steps,
            ..
        } = template;
        Self {
            namespace,
            name,
            version,
            steps: steps.len(),
        }
    }
}

impl TryFrom<TemplateVersionRow> for TemplateVersionView {
    type Error = RegistryError;

    fn try_from(row: TemplateVersionRow) -> Result<Self, RegistryError> {
        let template = stored_template(&row)?;
        Ok(Self {
            steps: template
                .ordered()
                .iter()
                .map(StepTemplateView::of)
                .collect(),
            description: template.description,
            input_schema: template.input_schema,
            namespace: row.namespace,
            name: row.name,
            version: row.version,
            digest: row.digest,
            source: row.source,
            status: row.status,
            verdict: row.verdict,
            created_at: row.created_at,
        })
    }
}

impl TryFrom<PublishedTemplate> for PublishedView {
    type Error = RegistryError;

    fn try_from(published: PublishedTemplate) -> Result<Self, RegistryError> {
        let PublishedTemplate {
            row,
            created,
            warnings,
        } = published;
        Ok(Self {
            template: TemplateVersionView::try_from(row)?,
            created,
            warnings,
        })
    }
}

impl StepTemplateView {
    fn of(ordered: &OrderedStep<'_>) -> Self {
        let retry = &ordered.policy.retry;
        Self {
            name: ordered.step.name.clone(),
            handler: ordered.step.handler.to_string(),
            depends_on: ordered.step.depends_on.clone(),
            timeout_ms: milliseconds(ordered.policy.timeout),
            limits: ordered.policy.limits.clone(),
            retry: RetryView {
                max_attempts: retry.max_attempts,
                backoff: retry.backoff,
                base_ms: milliseconds(retry.base),
                max_ms: milliseconds(retry.max),
                jitter: retry.jitter,
            },
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
