//! The audit: who changed what.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit};
use super::super::routes::{Answer, Call, Reply, Routes};
use tasker_domain::audit::{ACTIONS, is_action};
use tasker_domain::name::Name;
use tasker_registry::store::audit::{AuditFilter, AuditRow};
use tasker_wire::audit::{AuditEntry, AuditQuery, ListAudit};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list)
}

async fn list(api: Api, call: Call<ListAudit>) -> Answer<ListAudit> {
    let query = &call.query;
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
    check(&api, query).await?;
    let rows = api.store.list_audit(filter, limit.rows()).await?;
    let cursor = |row: &AuditRow| row.audit_id.to_string();
    let whole = AuditFilter {
        before: None,
        ..filter
    };
    let total = call.total(api.store.count_audit(whole)).await?;
    let page = limit.page(rows, cursor, change);
    Ok(Reply::ok(Page { total, ..page }))
}

/// Refuses what nothing can match, which else would look as if nothing had happened.
async fn check(api: &Api, query: &AuditQuery) -> Result<(), ApiError> {
    if let Some(action) = query.action.as_deref().filter(|action| !is_action(action)) {
        let message = format!(
            "`{action}` is not an action; write one or its object: {}",
            ACTIONS.join(", ")
        );
        return Err(ApiError::parameter("action", message));
    }
    match &query.namespace {
        Some(namespace) => Ok(api.registry.check_namespace(namespace).await?),
        None => Ok(()),
    }
}

fn change(row: AuditRow) -> AuditEntry {
    AuditEntry {
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
