//! Limits: set, remove, list.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use super::rule_scope::{rule_cursor, rule_scope};
use tasker_domain::limits::LimitSettings;
use tasker_registry::store::limit::{self as store, LimitChange};
use tasker_wire::limit::{ChangeLimits, LimitRule, ListLimits, RemoveLimits};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(change).on(remove)
}

async fn list(api: Api, mut call: Call<ListLimits>) -> Answer<ListLimits> {
    let (limit, seek) = call.page::<String>()?;
    let namespaces = &call.query.namespaces;
    let seek = seek.try_map(|after| rule_cursor(after))?;
    let rules = api.registry.list_limits(namespaces, seek);
    let cursor = |rule: &store::LimitRule| format!("{}/{}", rule.namespace, rule.component);
    let total = call.total(api.store.count_limits(namespaces)).await?;
    let page = limit.page(rules.await?, cursor, rule);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn change(api: Api, call: Call<ChangeLimits>) -> Answer<ChangeLimits> {
    let (namespace, body) = (&call.path.namespace, &call.body);
    let reason = check_reason(&body.reason)?;
    if body.limits.is_empty() {
        let message = "name at least one, such as `{\"memory\": \"64MiB\"}`".to_owned();
        return Err(ApiError::parameter("limits", message));
    }
    let component = rule_scope(&call.path.component, namespace)?;
    let change = LimitChange {
        namespace,
        component: &component,
        actor: call.actor(),
        reason,
        only_if: &call.precondition()?,
    };
    let changed = api.registry.change_limits(change, &body.limits).await?;
    let none = || LimitRule {
        namespace: namespace.to_string(),
        component: component.clone(),
        limits: LimitSettings::default(),
        set_at: None,
        set_by: None,
        etag: None,
    };
    let Some(row) = changed else {
        return Ok(Reply::ok(none()));
    };
    let tag = row.tag();
    Ok(Reply::ok(rule(row)).with_state(tag))
}

async fn remove(api: Api, call: Call<RemoveLimits>) -> Answer<RemoveLimits> {
    let namespace = &call.path.namespace;
    let change = LimitChange {
        namespace,
        component: &rule_scope(&call.path.component, namespace)?,
        actor: call.actor(),
        reason: check_reason(&call.query.reason)?,
        only_if: &call.precondition()?,
    };
    let removed = api.registry.remove_limits(change).await?;
    Ok(Reply::ok(LimitRule {
        etag: None,
        ..rule(removed)
    }))
}

fn rule(row: store::LimitRule) -> LimitRule {
    LimitRule {
        etag: Some(row.tag().to_string()),
        namespace: row.namespace,
        component: row.component,
        limits: row.limits,
        set_at: Some(row.set_at),
        set_by: Some(row.set_by),
    }
}
