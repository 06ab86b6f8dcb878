//! The audit: who changed what.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit};
use super::super::request::InQuery;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use tasker_domain::audit::{ACTIONS, is_action};
use tasker_domain::name::Name;
use tasker_registry::store::audit::{AuditFilter, AuditRow};
use tasker_wire::audit::Change;

pub fn router() -> Router<Api> {
    Router::new().route("/audit", get(list))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    namespace: Option<Name>,
    /// Such as `pin component charge`.
    subject: Option<String>,
    /// Such as `pin.set`, or its object `pin`.
    action: Option<String>,
    /// Only changes older than this one.
    before: Option<i64>,
    limit: Option<u32>,
}

/// The newest first; `next` is the `before` of the next page.
async fn list(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<Change>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let filter = AuditFilter {
        namespace: query.namespace.as_ref().map(Name::as_str),
        subject: query.subject.as_deref(),
        action: query.action.as_deref(),
        before: query.before,
    };
    let texts = [filter.subject, filter.action];
    if texts.into_iter().flatten().any(|text| text.contains('\0')) {
        let message = "leave out the NUL character".to_owned();
        return Err(ApiError::parameter("query", message));
    }
    check(&api, &query).await?;
    let rows = api.store.list_audit(filter, limit.rows()).await?;
    let cursor = |row: &AuditRow| row.audit_id.to_string();
    Ok(Json(limit.page(rows, cursor, change)))
}

/// Refuses what nothing can match, which else would look as if nothing had happened.
async fn check(api: &Api, query: &ListQuery) -> Result<(), ApiError> {
    if let Some(action) = query.action.as_deref().filter(|action| !is_action(action)) {
        let message = format!(
            "`{action}` is no action; write one or its object: {}",
            ACTIONS.join(", ")
        );
        return Err(ApiError::parameter("action", message));
    }
    match &query.namespace {
        Some(namespace) => Ok(api.registry.check_namespace(namespace).await?),
        None => Ok(()),
    }
}

fn change(row: AuditRow) -> Change {
    Change {
        id: row.audit_id,
        at: row.at,
        actor: row.actor,
        action: row.action,
        namespace: row.namespace,
        subject: row.subject,
        reason: row.reason,
        detail: row.detail,
    }
}
