//! Retention: list, show, set, remove.

use super::super::Api;
use super::super::page::{PageLimit, cursor};
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use tasker_domain::name::Name;
use tasker_domain::retention::Retention;
use tasker_registry::store::retention::{RetentionChange, RetentionRow};
use tasker_wire::retention::{
    ListRetention, RemoveRetention, RetentionRule, SetRetention, ShowRetention,
};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(show).on(set).on(remove)
}

async fn list(api: Api, call: Call<ListRetention>) -> Answer<ListRetention> {
    let limit = PageLimit::parse(call.query.limit)?;
    let after = cursor::<Name>(call.query.after.as_deref())?;
    let (namespace, after) = (call.query.namespace.as_ref(), after.as_ref());
    let rules = api
        .registry
        .list_retention(namespace, after.map(Name::as_str), limit.rows());
    Ok(Reply::ok(limit.page(
        rules.await?,
        |row| row.namespace.clone(),
        rule,
    )))
}

async fn show(api: Api, call: Call<ShowRetention>) -> Answer<ShowRetention> {
    let namespace = &call.path.namespace;
    let rules = api.registry.list_retention(Some(namespace), None, 1);
    let none = || RetentionRule {
        namespace: namespace.to_string(),
        retention: Retention::default(),
        set_at: None,
        set_by: None,
    };
    Ok(Reply::ok(rules.await?.pop().map_or_else(none, rule)))
}

async fn set(api: Api, call: Call<SetRetention>) -> Answer<SetRetention> {
    let change = RetentionChange {
        namespace: &call.path.namespace,
        actor: call.actor(),
        reason: check_reason(&call.body.reason)?,
    };
    let set = api.registry.set_retention(change, call.body.retention());
    Ok(Reply::ok(rule(set.await?)))
}

async fn remove(api: Api, call: Call<RemoveRetention>) -> Answer<RemoveRetention> {
    let change = RetentionChange {
        namespace: &call.path.namespace,
        actor: call.actor(),
        reason: check_reason(&call.query.reason)?,
    };
    Ok(Reply::ok(rule(
        api.registry.remove_retention(change).await?,
    )))
}

fn rule(row: RetentionRow) -> RetentionRule {
    RetentionRule {
        retention: row.retention(),
        namespace: row.namespace,
        set_at: Some(row.set_at),
        set_by: Some(row.set_by),
    }
}
