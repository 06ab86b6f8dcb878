//! Limits: set, remove, list.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use tasker_domain::limits::LimitSettings;
use tasker_domain::name::Name;
use tasker_domain::requirement::RequirementError;
use tasker_domain::scope::Scope;
use tasker_registry::store::limit::{self as store, LimitChange};
use tasker_wire::limit::{ChangeLimits, LimitRule, ListLimits, RemoveLimits};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(change).on(remove)
}

async fn list(api: Api, call: Call<ListLimits>) -> Answer<ListLimits> {
    let limit = PageLimit::parse(call.query.limit)?;
    let after = call.query.after.as_deref().map(cursor).transpose()?;
    let namespace = call.query.namespace.as_ref();
    let rules = api.registry.list_limits(namespace, after, limit.rows());
    let cursor = |rule: &store::LimitRule| format!("{}/{}", rule.namespace, rule.component);
    let total = call.total(api.store.count_limits(namespace)).await?;
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
    let component = limited(&call.path.component, namespace)?;
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
        component: &limited(&call.path.component, namespace)?,
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
        etag: Some(row.tag().to_string()),
        namespace: row.namespace,
        component: row.component,
        limits: row.limits,
        set_at: Some(row.set_at),
        set_by: Some(row.set_by),
    }
}
