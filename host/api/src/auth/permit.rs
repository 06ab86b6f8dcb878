//! What the caller of a request may do, by what its route needs.

use super::super::Api;
use super::super::access::Access;
use super::super::error::ApiError;
use axum::RequestExt as _;
use axum::extract::{MatchedPath, Query, RawPathParams, Request};
use axum::http::{Method, Uri};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::permission::Action;
use tasker_engine::Engine;
use tasker_wire::endpoint::{Endpoint as _, Needs, Scope};
use tasker_wire::namespace::CreateNamespace;

/// Refuses what the caller may not do; the namespace that the request names, if it would be new.
pub(super) async fn permit(
    api: &Api,
    access: &Access,
    needs: Needs,
    request: &mut Request,
) -> Result<Option<Name>, ApiError> {
    check(&api.engine, access, needs, request).await?;
    match needs.scope == Scope::Path && writes(request.method()) {
        true => check_namespace(api, access, needs.action, request).await,
        false => Ok(None),
    }
}

/// True for what may make a namespace at its first use.
fn writes(method: &Method) -> bool {
    [Method::PUT, Method::POST, Method::PATCH].contains(method)
}

/// Refuses to make a namespace whose name is most likely a mistake for another one; the name, if there is
/// no such namespace yet.
async fn check_namespace(
    api: &Api,
    access: &Access,
    action: Action,
    request: &mut Request,
) -> Result<Option<Name>, ApiError> {
    let path = request.extensions().get::<MatchedPath>();
    let is_explicit = path.is_some_and(|path| path.as_str() == CreateNamespace::PATH);
    let namespace = segment(request, "namespace").await?;
    match namespace.parse::<Name>() {
        Ok(namespace) if !is_explicit => {
            let is_seen = |other: &str| access.may_read(other) || access.allows(action, other);
            let is_new = api
                .namespaces
                .check(&api.store, &namespace, is_seen)
                .await?;
            Ok(is_new.then_some(namespace))
        }
        // The handler says what is wrong with it.
        Ok(_) | Err(_) => Ok(None),
    }
}

async fn check(
    engine: &Engine,
    access: &Access,
    needs: Needs,
    request: &mut Request,
) -> Result<(), ApiError> {
    let Needs { action, scope } = needs;
    if access.permissions().allow_everywhere(action) {
        return Ok(());
    }
    match scope {
        Scope::Open | Scope::Authenticated => Ok(()),
        Scope::AllNamespaces => Err(access.forbidden(action, "all namespaces (`*`)").into()),
        Scope::Body | Scope::AnyNamespace if access.permissions().allow_somewhere(action) => Ok(()),
        Scope::Body | Scope::AnyNamespace => Err(access.forbidden(action, "any namespace").into()),
        Scope::Path => check_path(access, action, request).await,
        Scope::Task => check_task(engine, access, action, request).await,
        Scope::Query => {
            if let Some(uri) = narrowed(access, action, request.uri())? {
                *request.uri_mut() = uri;
            }
            Ok(())
        }
    }
}

async fn check_path(
    access: &Access,
    action: Action,
    request: &mut Request,
) -> Result<(), ApiError> {
    let namespace = segment(request, "namespace").await?;
    Ok(access.require(action, &namespace)?)
}

/// What does not exist is left to the handler, which says so.
async fn check_task(
    engine: &Engine,
    access: &Access,
    action: Action,
    request: &mut Request,
) -> Result<(), ApiError> {
    let Ok(task_id) = segment(request, "id").await?.parse::<TaskId>() else {
        return Ok(());
    };
    match engine.namespace_of_task(task_id).await? {
        Some(namespace) => Ok(access.require(action, &namespace)?),
        None => Ok(()),
    }
}

/// A segment of the path by its name in the route, decoded as the handler will have it.
async fn segment(request: &mut Request, name: &str) -> Result<String, ApiError> {
    let wrong = |message: String| ApiError::parameter("path", message);
    let segments: RawPathParams = request
        .extract_parts()
        .await
        .map_err(|refused| wrong(format!("{refused}")))?;
    let found = segments.iter().find(|(segment, _)| *segment == name);
    let (_, value) = found.ok_or_else(|| wrong(format!("`{name}` is missing")))?;
    Ok(value.to_owned())
}

/// Lists take `namespace` in the query, of which each one is checked. A caller who may see one namespace only is shown
/// that one, where the query names none.
fn narrowed(access: &Access, action: Action, uri: &Uri) -> Result<Option<Uri>, ApiError> {
    let query: Query<Vec<(String, String)>> = Query::try_from_uri(uri)
        .map_err(|refused| ApiError::parameter("query", refused.body_text()))?;
    let named: Vec<&str> = query
        .iter()
        .filter(|(name, _)| name == "namespace")
        .flat_map(|(_, value)| value.split(','))
        .collect();
    for namespace in &named {
        access.require(action, namespace)?;
    }
    match named.is_empty() {
        true => with_namespace(uri, access.only(action)?).map(Some),
        false => Ok(None),
    }
}

/// A name needs no escaping.
fn with_namespace(uri: &Uri, namespace: &str) -> Result<Uri, ApiError> {
    let rest = uri
        .query()
        .map_or(String::new(), |query| format!("&{query}"));
    let target = format!("{}?namespace={namespace}{rest}", uri.path());
    target
        .parse()
        .map_err(|error| ApiError::parameter("query", format!("{error}")))
}
