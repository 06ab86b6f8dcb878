//! Components: publish, list, show.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, name_cursor};
use super::super::request::{Caller, InPath, InQuery, read};
use super::signatures;
use super::versions_query::VersionsQuery;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tasker_domain::capability::Capability;
use tasker_domain::descriptor::{Descriptor, HandlerDescription, Provenance};
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_registry::discover::descriptor;
use tasker_registry::listed::{IneligibleCounts, ListedFamily};
use tasker_registry::publish_component::{MAX_COMPONENT_BYTES, Published};
use tasker_registry::store::component::{ComponentVersionRow, VersionStatus};
use tasker_registry::store::yank::IneligibleRow;
use tasker_registry::version::parse_version;

pub(in crate::rest) const MEDIA_TYPES: &[&str] = &["application/wasm"];

pub fn router() -> Router<Api> {
    Router::new()
        .route("/components", get(list))
        .route("/namespaces/{namespace}/components/{name}", get(show))
        .route(
            "/namespaces/{namespace}/components/{name}/versions/{version}",
            get(show_version).put(publish),
        )
}

/// A component in a list.
#[derive(Serialize)]
struct ComponentSummary {
    namespace: String,
    name: String,
    /// What a step takes, in a new task of its own namespace, that asks for no version; null where
    /// there is none.
    latest: Option<String>,
    versions: usize,
    /// How many of them new tasks may not take, by the reason.
    barred: IneligibleCounts,
    created_at: DateTime<Utc>,
}

/// A component with its versions, the highest first.
#[derive(Serialize)]
struct ComponentView {
    namespace: Name,
    name: Name,
    versions: Vec<ComponentVersionView>,
    /// Give it as `after` for lower versions; null where these are the last.
    next: Option<String>,
}

/// One version of a component.
#[derive(Serialize)]
pub struct ComponentVersionView {
    namespace: String,
    component: String,
    version: String,
    digest: Digest,
    size_bytes: i32,
    /// The version of the contract that it was built against.
    contract: String,
    /// Empty where the component does not tell.
    handlers: Vec<HandlerDescription>,
    /// What its handlers want to be granted.
    capabilities: Vec<String>,
    /// The same, with whether its own namespace grants it.
    wants: Vec<WantView>,
    imports: Vec<String>,
    /// Null where it is not known.
    provenance: Option<Provenance>,
    status: VersionStatus,
    /// No host starts its code.
    quarantined: bool,
    /// What the host found when it compared it with the last version below it, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Value>,
    /// What it wants beyond what was agreed to; empty unless it needs approval.
    unapproved: Vec<String>,
    created_at: DateTime<Utc>,
    /// When its bytes were removed, since nothing needed it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    collected_at: Option<DateTime<Utc>>,
    /// Who took it out of use, where this version alone is shown and somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    barred: Option<BarredView>,
    /// Only in the answer to a publish.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<bool>,
    /// Only in the answer to a publish, where it gave a collected version its bytes back.
    #[serde(skip_serializing_if = "is_false")]
    restored: bool,
}

/// By whom a version is yanked or quarantined, and why.
#[derive(Serialize)]
struct BarredView {
    at: DateTime<Utc>,
    actor: String,
    reason: String,
}

#[derive(Serialize)]
struct WantView {
    capability: Capability,
    granted: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    namespace: Option<Name>,
    after: Option<String>,
    limit: Option<u32>,
}

async fn list(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<ComponentSummary>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = name_cursor(query.after.as_deref())?;
    let namespace = query.namespace.as_ref();
    let rows = api
        .registry
        .list_components(namespace, after, limit.rows())
        .await?;
    let cursor = |row: &ListedFamily| format!("{}/{}", row.namespace, row.name);
    Ok(Json(limit.page(rows, cursor, ComponentSummary::from)))
}

async fn show(
    State(api): State<Api>,
    InPath((namespace, name)): InPath<(Name, Name)>,
    InQuery(query): InQuery<VersionsQuery>,
) -> Result<Json<ComponentView>, ApiError> {
    let target = QualifiedName { namespace, name };
    let (after, limit) = (query.after()?, query.limit()?);
    let page = api.registry.component_page(&target, after.as_ref(), limit);
    let page = page.await?;
    let granted = api.registry.granted_to(&target).await?;
    let versions = page
        .rows
        .into_iter()
        .map(|row| ComponentVersionView::of(row, None, &granted));
    let versions = versions.collect::<Result<_, _>>()?;
    let QualifiedName { namespace, name } = target;
    Ok(Json(ComponentView {
        namespace,
        name,
        versions,
        next: page.next.map(|version| version.to_string()),
    }))
}

async fn show_version(
    State(api): State<Api>,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
) -> Result<Json<ComponentVersionView>, ApiError> {
    let version = parse_version(&version)?;
    let target = QualifiedName { namespace, name };
    let row = api.registry.component_version(&target, &version).await?;
    let barred = api.registry.barred(&row).await?;
    let granted = api.registry.granted_to(&target).await?;
    let view = ComponentVersionView::of(row, None, &granted)?;
    Ok(Json(ComponentVersionView {
        barred: barred.map(BarredView::from),
        ..view
    }))
}

async fn publish(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let version = parse_version(&version)?;
    let signatures = signatures::given(request.headers())?;
    let bytes = read(request, MEDIA_TYPES, MAX_COMPONENT_BYTES).await?;
    let target = QualifiedName { namespace, name };
    if !signatures.is_empty() {
        let digest = Digest::of(&bytes);
        api.registry
            .keep_signatures(digest, &signatures, &caller.0)
            .await?;
    }
    let (row, published) = api
        .registry
        .publish_component(&target, &version, bytes, &caller.0)
        .await?;
    let created = published == Published::Created;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let granted = api.registry.granted_to(&target).await?;
    let view = ComponentVersionView {
        restored: published == Published::Restored,
        ..ComponentVersionView::of(row, Some(created), &granted)?
    };
    Ok((status, Json(view)).into_response())
}

fn is_false(value: &bool) -> bool {
    !value
}

impl From<IneligibleRow> for BarredView {
    fn from(row: IneligibleRow) -> Self {
        Self {
            at: row.at,
            actor: row.actor,
            reason: row.reason,
        }
    }
}

impl From<ListedFamily> for ComponentSummary {
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

impl ComponentVersionView {
    /// The version, with what of its wants is `granted` in its own namespace.
    pub fn of(
        row: ComponentVersionRow,
        created: Option<bool>,
        granted: &[Capability],
    ) -> Result<Self, ApiError> {
        let descriptor = descriptor(&row)?;
        let want = |capability: Capability| WantView {
            granted: granted.iter().any(|grant| grant.covers(&capability)),
            capability,
        };
        let wants = descriptor.wants().into_iter().map(want).collect();
        let Descriptor {
            contract,
            handlers,
            capabilities,
            imports,
            provenance,
            exports: _,
        } = descriptor;
        Ok(Self {
            contract,
            handlers: handlers.unwrap_or_default(),
            capabilities,
            wants,
            imports,
            provenance,
            unapproved: row.unapproved,
            namespace: row.namespace,
            component: row.component,
            version: row.version,
            digest: row.digest,
            size_bytes: row.size_bytes,
            status: row.status,
            quarantined: row.is_quarantined,
            verdict: row.verdict,
            created_at: row.created_at,
            collected_at: row.collected_at,
            barred: None,
            created,
            restored: false,
        })
    }
}
