//! Limits: set, remove, list.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery, JsonBody};
use super::reason::{OnlyReason, check_reason};
use axum::extract::State;
use axum::routing::{get, patch};
use axum::{Json, Router};
use serde::Deserialize;
use tasker_domain::limits::{LimitPatch, LimitSettings};
use tasker_domain::name::Name;
use tasker_domain::requirement::RequirementError;
use tasker_domain::scope::Scope;
use tasker_registry::store::limit::{self as store, LimitChange};
use tasker_wire::limit::LimitRule;

pub fn router() -> Router<Api> {
    Router::new().route("/limits", get(list)).route(
        "/namespaces/{namespace}/limits/{component}",
        patch(change).delete(remove),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsBody {
    /// Limit by limit; null removes.
    limits: LimitPatch,
    /// Reason recorded in the audit log.
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    namespace: Option<Name>,
    after: Option<String>,
    limit: Option<u32>,
}

async fn change(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, component)): InPath<(Name, String)>,
    JsonBody(body): JsonBody<LimitsBody>,
) -> Result<Json<LimitRule>, ApiError> {
    check_reason(&body.reason)?;
    if body.limits.is_empty() {
        let message = "name at least one, such as `{\"memory\": \"64MiB\"}`".to_owned();
        return Err(ApiError::parameter("limits", message));
    }
    let component = limited(&component, &namespace)?;
    let change = LimitChange {
        namespace: &namespace,
        component: &component,
        actor: &caller.0,
        reason: &body.reason,
    };
    let changed = api.registry.change_limits(change, &body.limits).await?;
    let none = || LimitRule {
        namespace: namespace.to_string(),
        component: component.clone(),
        limits: LimitSettings::default(),
        set_at: None,
        set_by: None,
    };
    Ok(Json(changed.map_or_else(none, rule)))
}

async fn remove(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, component)): InPath<(Name, String)>,
    InQuery(query): InQuery<OnlyReason>,
) -> Result<Json<LimitRule>, ApiError> {
    let change = LimitChange {
        namespace: &namespace,
        component: &limited(&component, &namespace)?,
        actor: &caller.0,
        reason: query.reason()?,
    };
    Ok(Json(rule(api.registry.remove_limits(change).await?)))
}

async fn list(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<LimitRule>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = query.after.as_deref().map(cursor).transpose()?;
    let namespace = query.namespace.as_ref();
    let rules = api.registry.list_limits(namespace, after, limit.rows());
    let cursor = |rule: &store::LimitRule| format!("{}/{}", rule.namespace, rule.component);
    Ok(Json(limit.page(rules.await?, cursor, rule)))
}

/// `*`, `name` or `other~name`: a slash would end the segment.
fn limited(text: &str, namespace: &Name) -> Result<Scope, ApiError> {
    let limited = text.replacen('~', "/", 1).parse::<Scope>();
    let wrong = |error: RequirementError| ApiError::parameter("component", error.to_string());
    Ok(limited.map_err(wrong)?.within(namespace))
}

fn cursor(after: &str) -> Result<(&str, &str), ApiError> {
    let parts = after.split_once('/');
    let is_whole = |(namespace, component): &(&str, &str)| {
        namespace.parse::<Name>().is_ok() && component.parse::<Scope>().is_ok()
    };
    parts.filter(is_whole).ok_or_else(|| wrong_cursor(after))
}

fn rule(row: store::LimitRule) -> LimitRule {
    LimitRule {
        namespace: row.namespace,
        component: row.component,
        limits: row.limits,
        set_at: Some(row.set_at),
        set_by: Some(row.set_by),
    }
}
