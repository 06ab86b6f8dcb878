//! Taking versions out of use: yank, quarantine, release.

use super::super::Api;
use super::super::access::Access;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::request::{Caller, InPath, JsonBody};
use super::affected_pins::AffectedPinsView;
use super::components::ComponentVersionView;
use super::reason::OnlyReason;
use super::template_views::TemplateVersionView;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use semver::Version;
use serde::Serialize;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_registry::store::pin::AffectedPins;
use tasker_registry::store::quarantine::{
    HeldTasks, NamedVersion, QuarantineRow, Quarantined, Released,
};
use tasker_registry::version::parse_version;

/// Namespace, name and version of the path.
type VersionPath = InPath<(Name, Name, String)>;

pub fn router() -> Router<Api> {
    let component =
        |verb| format!("/namespaces/{{namespace}}/components/{{name}}/versions/{{version}}/{verb}");
    let template =
        |verb| format!("/namespaces/{{namespace}}/templates/{{name}}/versions/{{version}}/{verb}");
    Router::new()
        .route("/quarantine", get(list))
        .route(&component("yank"), post(yank_component))
        .route(&component("unyank"), post(unyank_component))
        .route(&component("quarantine"), post(quarantine))
        .route(&component("release"), post(release))
        .route(&template("yank"), post(yank_template))
        .route(&template("unyank"), post(unyank_template))
}

/// Code in quarantine.
#[derive(Serialize)]
struct QuarantineView {
    digest: Digest,
    at: DateTime<Utc>,
    actor: String,
    reason: String,
    names: Vec<NameView>,
    /// In the answer to a quarantine: false where it stood already.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<bool>,
    /// In the answer to a quarantine: what stands still for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<Vec<HeldView>>,
    #[serde(flatten)]
    pins: AffectedPinsView,
}

#[derive(Serialize)]
struct NameView {
    namespace: String,
    component: String,
    version: String,
}

/// Open tasks of a template that stand still for a quarantine.
#[derive(Serialize)]
struct HeldView {
    namespace: String,
    template: String,
    tasks: i64,
    steps: i64,
}

/// A version that was taken back.
#[derive(Serialize)]
struct YankedView<V> {
    #[serde(flatten)]
    version: V,
    #[serde(flatten)]
    pins: AffectedPinsView,
}

#[derive(Serialize)]
struct ReleasedView {
    names: Vec<NameView>,
    /// Steps that stood still and are ready again.
    steps: i32,
}

async fn list(State(api): State<Api>) -> Result<Json<Page<QuarantineView>>, ApiError> {
    let listed = api.registry.list_quarantine().await?;
    let view = |(row, names)| QuarantineView::of(row, names);
    Ok(Json(Page {
        items: listed.into_iter().map(view).collect(),
        next: None,
    }))
}

async fn yank_component(
    state: State<Api>,
    access: Access,
    path: VersionPath,
    body: JsonBody<OnlyReason>,
) -> Result<Json<YankedView<ComponentVersionView>>, ApiError> {
    set_component_yanked(state, access, path, body, true).await
}

async fn unyank_component(
    state: State<Api>,
    access: Access,
    path: VersionPath,
    body: JsonBody<OnlyReason>,
) -> Result<Json<YankedView<ComponentVersionView>>, ApiError> {
    set_component_yanked(state, access, path, body, false).await
}

async fn set_component_yanked(
    State(api): State<Api>,
    access: Access,
    path: VersionPath,
    JsonBody(body): JsonBody<OnlyReason>,
    is_yanked: bool,
) -> Result<Json<YankedView<ComponentVersionView>>, ApiError> {
    let (target, version) = version_of(path)?;
    let (row, pins) = api
        .registry
        .yank_component(&target, &version, is_yanked, access.actor(), body.reason()?)
        .await?;
    let granted = api.registry.granted_to(&target).await?;
    Ok(Json(YankedView {
        version: ComponentVersionView::of(row, None, &granted)?,
        pins: AffectedPinsView::of(pins, |it| may_see(&access, &target, it)),
    }))
}

async fn yank_template(
    state: State<Api>,
    access: Access,
    path: VersionPath,
    body: JsonBody<OnlyReason>,
) -> Result<Json<YankedView<TemplateVersionView>>, ApiError> {
    set_template_yanked(state, access, path, body, true).await
}

async fn unyank_template(
    state: State<Api>,
    access: Access,
    path: VersionPath,
    body: JsonBody<OnlyReason>,
) -> Result<Json<YankedView<TemplateVersionView>>, ApiError> {
    set_template_yanked(state, access, path, body, false).await
}

async fn set_template_yanked(
    State(api): State<Api>,
    access: Access,
    path: VersionPath,
    JsonBody(body): JsonBody<OnlyReason>,
    is_yanked: bool,
) -> Result<Json<YankedView<TemplateVersionView>>, ApiError> {
    let (target, version) = version_of(path)?;
    let (row, pins) = api
        .registry
        .yank_template(&target, &version, is_yanked, access.actor(), body.reason()?)
        .await?;
    Ok(Json(YankedView {
        version: TemplateVersionView::try_from(row)?,
        pins: AffectedPinsView::of(pins, |it| may_see(&access, &target, it)),
    }))
}

async fn quarantine(
    State(api): State<Api>,
    caller: Caller,
    path: VersionPath,
    JsonBody(body): JsonBody<OnlyReason>,
) -> Result<Json<QuarantineView>, ApiError> {
    let (target, version) = version_of(path)?;
    let quarantined = api
        .registry
        .quarantine(&target, &version, &caller.0, body.reason()?)
        .await?;
    Ok(Json(QuarantineView::from(quarantined)))
}

async fn release(
    State(api): State<Api>,
    caller: Caller,
    path: VersionPath,
    JsonBody(body): JsonBody<OnlyReason>,
) -> Result<Json<ReleasedView>, ApiError> {
    let (target, version) = version_of(path)?;
    let released = api
        .registry
        .release(&target, &version, &caller.0, body.reason()?)
        .await?;
    Ok(Json(ReleasedView::from(released)))
}

/// Who takes a version back sees what becomes of pins beside it.
fn may_see(access: &Access, target: &QualifiedName, namespace: &str) -> bool {
    target.namespace.as_str() == namespace || access.may_read(namespace)
}

fn version_of(
    InPath((namespace, name, version)): VersionPath,
) -> Result<(QualifiedName, Version), ApiError> {
    Ok((QualifiedName { namespace, name }, parse_version(&version)?))
}

impl QuarantineView {
    fn of(row: QuarantineRow, names: Vec<NamedVersion>) -> Self {
        Self {
            digest: row.digest,
            at: row.at,
            actor: row.actor,
            reason: row.reason,
            names: names.into_iter().map(NameView::from).collect(),
            created: None,
            held: None,
            pins: AffectedPinsView::of(AffectedPins::default(), |_| true),
        }
    }
}

/// A quarantine holds everywhere, and so its answer names all that it meets.
impl From<Quarantined> for QuarantineView {
    fn from(quarantined: Quarantined) -> Self {
        Self {
            created: Some(quarantined.created),
            held: Some(quarantined.held.into_iter().map(HeldView::from).collect()),
            pins: AffectedPinsView::of(quarantined.pins, |_| true),
            ..Self::of(quarantined.quarantine, quarantined.names)
        }
    }
}

impl From<Released> for ReleasedView {
    fn from(released: Released) -> Self {
        Self {
            names: released.names.into_iter().map(NameView::from).collect(),
            steps: released.steps,
        }
    }
}

impl From<NamedVersion> for NameView {
    fn from(name: NamedVersion) -> Self {
        Self {
            namespace: name.namespace,
            component: name.component,
            version: name.version,
        }
    }
}

impl From<HeldTasks> for HeldView {
    fn from(held: HeldTasks) -> Self {
        Self {
            namespace: held.namespace,
            template: held.template,
            tasks: held.tasks,
            steps: held.steps,
        }
    }
}
