//! The audit: who changed what.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use tasker_domain::audit::{ACTIONS, is_action};
use tasker_registry::store::audit::{AuditFilter, AuditRow};
use tasker_wire::audit::{AuditEntry, AuditQuery, ListAudit};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list)
}

async fn list(api: Api, mut call: Call<ListAudit>) -> Answer<ListAudit> {
    let (limit, seek) = call.page()?;
    let query = &call.query;
    let actions: Vec<&str> = query.actions.iter().map(String::as_str).collect();
    let filter = AuditFilter {
        namespaces: &query.namespaces,
        subject: query.subject.as_deref(),
        actions: &actions,
        before: query.before,
    };
    if filter.subject.is_some_and(|text| text.contains('\0')) {
        let message = "leave out the NUL character".to_owned();
        return Err(ApiError::parameter("query", message));
    }
    check(&api, query).await?;
    let rows = api.store.list_audit(filter, seek).await?;
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
    if let Some(action) = query.actions.iter().find(|action| !is_action(action)) {
        let message = format!(
            "`{}` is not an action; write one or its object: {}",
            action.escape_debug(),
            ACTIONS.join(", ")
        );
        return Err(ApiError::parameter("action", message));
    }
    for namespace in &query.namespaces {
        api.registry.check_namespace(namespace).await?;
    }
    Ok(())
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
