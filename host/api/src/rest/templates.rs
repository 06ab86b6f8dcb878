//! Templates: check, publish, list, show, draw.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, name_cursor};
use super::super::request::{Caller, InPath, InQuery, read};
use super::template_views::{
    CheckView, PublishedView, TemplateSummary, TemplateVersionView, TemplateView,
};
use super::versions_query::VersionsQuery;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tasker_domain::byte_order_mark::strip_mark;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::{MAX_SOURCE_BYTES, Template, graph};
use tasker_registry::RegistryError;
use tasker_registry::discover::stored_template;
use tasker_registry::listed::ListedFamily;
use tasker_registry::publish_template::Missing;
use tasker_registry::store::template::TemplateVersionRow;
use tasker_registry::version::parse_version;

const MEDIA_TYPES: &[&str] = &["application/yaml", "application/x-yaml", "text/yaml"];
/// In place of a version: the one that a new task takes which asks for none.
const LATEST: &str = "latest";

pub fn router() -> Router<Api> {
    Router::new()
        .route("/templates", get(list))
        .route("/templates/check", post(check))
        .route("/namespaces/{namespace}/templates/{name}", get(show))
        .route(
            "/namespaces/{namespace}/templates/{name}/versions/{version}",
            get(show_version).put(publish),
        )
        .route(
            "/namespaces/{namespace}/templates/{name}/versions/{version}/graph",
            get(draw),
        )
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
) -> Result<Json<Page<TemplateSummary>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = name_cursor(query.after.as_deref())?;
    let namespace = query.namespace.as_ref();
    let rows = api
        .registry
        .list_templates(namespace, after, limit.rows())
        .await?;
    let cursor = |row: &ListedFamily| format!("{}/{}", row.namespace, row.name);
    Ok(Json(limit.page(rows, cursor, TemplateSummary::from)))
}

/// Nothing is stored.
async fn check(request: Request) -> Result<Json<CheckView>, ApiError> {
    let source = read_source(request).await?;
    let template = Template::parse(&source).map_err(RegistryError::from)?;
    Ok(Json(CheckView::from(template)))
}

async fn show(
    State(api): State<Api>,
    InPath((namespace, name)): InPath<(Name, Name)>,
    InQuery(query): InQuery<VersionsQuery>,
) -> Result<Json<TemplateView>, ApiError> {
    let target = QualifiedName { namespace, name };
    let (after, limit) = (query.after()?, query.limit()?);
    let page = api.registry.template_page(&target, after.as_ref(), limit);
    let page = page.await?;
    let latest = api.registry.default_template_version(&target).await?;
    let versions = page.rows.into_iter().map(TemplateVersionView::try_from);
    let versions = versions.collect::<Result<_, _>>()?;
    let QualifiedName { namespace, name } = target;
    Ok(Json(TemplateView {
        namespace,
        name,
        latest,
        versions,
        next: page.next.map(|version| version.to_string()),
    }))
}

async fn show_version(
    State(api): State<Api>,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
) -> Result<Json<TemplateVersionView>, ApiError> {
    let row = version_or_latest(&api, QualifiedName { namespace, name }, &version).await?;
    Ok(Json(TemplateVersionView::try_from(row)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PublishQuery {
    /// Also where no task of it could run yet.
    #[serde(default)]
    allow_missing: bool,
}

impl PublishQuery {
    fn missing(&self) -> Missing {
        match self.allow_missing {
            true => Missing::Allowed,
            false => Missing::Refused,
        }
    }
}

async fn publish(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
    InQuery(query): InQuery<PublishQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    let version = parse_version(&version)?;
    let source = read_source(request).await?;
    let target = QualifiedName { namespace, name };
    let published = api
        .registry
        .publish_template(&target, &version, &source, query.missing(), &caller.0)
        .await?;
    let status = if published.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(PublishedView::try_from(published)?)).into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum GraphFormat {
    Mermaid,
    Dot,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GraphQuery {
    format: Option<GraphFormat>,
}

async fn draw(
    State(api): State<Api>,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
    InQuery(query): InQuery<GraphQuery>,
) -> Result<String, ApiError> {
    let row = version_or_latest(&api, QualifiedName { namespace, name }, &version).await?;
    let template = stored_template(&row)?;
    Ok(match query.format.unwrap_or(GraphFormat::Mermaid) {
        GraphFormat::Mermaid => graph::mermaid(&template),
        GraphFormat::Dot => graph::dot(&template),
    })
}

async fn version_or_latest(
    api: &Api,
    target: QualifiedName,
    version: &str,
) -> Result<TemplateVersionRow, ApiError> {
    let row = match version {
        LATEST => api.registry.latest_template(&target).await?,
        _ => {
            api.registry
                .template_version(&target, &parse_version(version)?)
                .await?
        }
    };
    Ok(row)
}

pub(in crate::rest) async fn read_source(request: Request) -> Result<String, ApiError> {
    let bytes = read(request, MEDIA_TYPES, MAX_SOURCE_BYTES).await?;
    let mut source = String::from_utf8(bytes.into()).map_err(|error| ApiError::NotText {
        message: error.to_string(),
    })?;
    strip_mark(&mut source);
    Ok(source)
}
