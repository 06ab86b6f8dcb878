//! Retention: list, show, set, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{PageLimit, wrong_cursor};
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use tasker_domain::actor::Actor;
use tasker_domain::permission::NamespaceScope;
use tasker_domain::retention::Retention;
use tasker_registry::store::retention::{RetentionChange, RetentionRow};
use tasker_wire::retention::{
    ListRetention, NewRetention, RemoveDefaultRetention, RemoveRetention, RetentionRule,
    SetDefaultRetention, SetRetention, ShowRetention,
};

pub(crate) fn routes() -> Routes {
    let routes = Routes::default().on(list).on(show).on(set).on(remove);
    routes.on(set_default).on(remove_default)
}

async fn list(api: Api, call: Call<ListRetention>) -> Answer<ListRetention> {
    let limit = PageLimit::parse(call.query.limit)?;
    let after = call.query.after.as_deref();
    if let Some(wrong) = after.filter(|after| after.parse::<NamespaceScope>().is_err()) {
        return Err(wrong_cursor(wrong));
    }
    let namespace = call.query.namespace.as_ref();
    let rules = api
        .registry
        .list_retention(namespace, after, limit.rows())
        .await?;
    Ok(Reply::ok(limit.page(
        rules,
        |row| row.namespace.clone(),
        rule,
    )))
}

async fn show(api: Api, call: Call<ShowRetention>) -> Answer<ShowRetention> {
    let namespace = &call.path.namespace;
    let found = api.registry.effective_retention(namespace).await?;
    let none = || RetentionRule {
        namespace: namespace.to_string(),
        retention: Retention::default(),
        set_at: None,
        set_by: None,
    };
    Ok(Reply::ok(found.map_or_else(none, rule)))
}

async fn set(api: Api, call: Call<SetRetention>) -> Answer<SetRetention> {
    let scope = NamespaceScope::Namespace(call.path.namespace.clone());
    replace(&api, &scope, &call.body, call.actor())
        .await
        .map(Reply::ok)
}

async fn set_default(api: Api, call: Call<SetDefaultRetention>) -> Answer<SetDefaultRetention> {
    let scope = NamespaceScope::Everywhere;
    replace(&api, &scope, &call.body, call.actor())
        .await
        .map(Reply::ok)
}

async fn replace(
    api: &Api,
    scope: &NamespaceScope,
    new: &NewRetention,
    actor: &Actor,
) -> Result<RetentionRule, ApiError> {
    let reason = check_reason(&new.reason)?;
    let change = RetentionChange {
        scope,
        actor,
        reason,
    };
    let set = api
        .registry
        .set_retention(change, new.retention(), new.for_ever);
    Ok(rule(set.await?))
}

async fn remove(api: Api, call: Call<RemoveRetention>) -> Answer<RemoveRetention> {
    let scope = NamespaceScope::Namespace(call.path.namespace.clone());
    let removed = removed(&api, &scope, &call.query.reason, call.actor());
    removed.await.map(Reply::ok)
}

async fn remove_default(
    api: Api,
    call: Call<RemoveDefaultRetention>,
) -> Answer<RemoveDefaultRetention> {
    let scope = NamespaceScope::Everywhere;
    let removed = removed(&api, &scope, &call.query.reason, call.actor());
    removed.await.map(Reply::ok)
}

async fn removed(
    api: &Api,
    scope: &NamespaceScope,
    reason: &str,
    actor: &Actor,
) -> Result<RetentionRule, ApiError> {
    let reason = check_reason(reason)?;
    let change = RetentionChange {
        scope,
        actor,
        reason,
    };
    Ok(rule(api.registry.remove_retention(change).await?))
}

fn rule(row: RetentionRow) -> RetentionRule {
    RetentionRule {
        retention: row.retention(),
        namespace: row.namespace,
        set_at: Some(row.set_at),
        set_by: Some(row.set_by),
    }
}
