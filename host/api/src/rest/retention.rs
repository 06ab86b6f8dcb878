//! Retention: list, show, set, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, wrong_cursor};
use super::super::request::ReadBody;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use tasker_domain::actor::Actor;
use tasker_domain::permission::NamespaceScope;
use tasker_domain::precondition::Precondition;
use tasker_domain::retention::Retention;
use tasker_registry::store::retention::{RetentionChange, RetentionRow};
use tasker_wire::endpoint::Endpoint;
use tasker_wire::retention::{
    ListRetention, NewRetention, RemoveDefaultRetention, RemoveRetention, RetentionRule,
    SetDefaultRetention, SetRetention, ShowRetention,
};

pub(crate) fn routes() -> Routes {
    let routes = Routes::default().on(list).on(show).on(set).on(remove);
    routes.on(set_default).on(remove_default)
}

async fn list(api: Api, mut call: Call<ListRetention>) -> Answer<ListRetention> {
    let (limit, seek) = call.page::<String>()?;
    let namespaces = &call.query.namespaces;
    let seek = seek.try_map(|after| match after.parse::<NamespaceScope>() {
        Ok(_) => Ok(after.as_str()),
        Err(_) => Err(wrong_cursor(after)),
    })?;
    let rules = api.registry.list_retention(namespaces, seek).await?;
    let total = call.total(api.store.count_retention(namespaces)).await?;
    let page = limit.page(rules, |row| row.namespace.clone(), rule);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn show(api: Api, call: Call<ShowRetention>) -> Answer<ShowRetention> {
    let namespace = &call.path.namespace;
    let found = api.registry.effective_retention(namespace).await?;
    let none = || RetentionRule {
        namespace: namespace.to_string(),
        retention: Retention::default(),
        set_at: None,
        set_by: None,
        etag: None,
    };
    let Some(row) = found else {
        return Ok(Reply::ok(none()));
    };
    let tag = row.tag();
    Ok(Reply::ok(rule(row)).with_state(tag))
}

async fn set(api: Api, call: Call<SetRetention>) -> Answer<SetRetention> {
    let scope = NamespaceScope::Namespace(call.path.namespace.clone());
    replace(&api, &scope, &call.body, &by(&call)?).await
}

async fn set_default(api: Api, call: Call<SetDefaultRetention>) -> Answer<SetDefaultRetention> {
    replace(&api, &NamespaceScope::Everywhere, &call.body, &by(&call)?).await
}

async fn replace<E: Endpoint<Answer = RetentionRule>>(
    api: &Api,
    scope: &NamespaceScope,
    new: &NewRetention,
    by: &By<'_>,
) -> Answer<E> {
    let change = by.change(scope, &new.reason)?;
    let set = api
        .registry
        .set_retention(change, new.retention(), new.for_ever);
    let row = set.await?;
    let tag = row.tag();
    Ok(Reply::ok(rule(row)).with_state(tag))
}

async fn remove(api: Api, call: Call<RemoveRetention>) -> Answer<RemoveRetention> {
    let scope = NamespaceScope::Namespace(call.path.namespace.clone());
    removed(&api, &scope, &call.query.reason, &by(&call)?).await
}

async fn remove_default(
    api: Api,
    call: Call<RemoveDefaultRetention>,
) -> Answer<RemoveDefaultRetention> {
    let scope = NamespaceScope::Everywhere;
    removed(&api, &scope, &call.query.reason, &by(&call)?).await
}

async fn removed<E: Endpoint<Answer = RetentionRule>>(
    api: &Api,
    scope: &NamespaceScope,
    reason: &str,
    by: &By<'_>,
) -> Answer<E> {
    let change = by.change(scope, reason)?;
    let removed = api.registry.remove_retention(change).await?;
    Ok(Reply::ok(RetentionRule {
        etag: None,
        ..rule(removed)
    }))
}

/// Who changes a rule, and under which condition.
struct By<'a> {
    actor: &'a Actor,
    only_if: Precondition,
}

fn by<E: Endpoint<Body: ReadBody>>(call: &Call<E>) -> Result<By<'_>, ApiError> {
    Ok(By {
        actor: call.actor(),
        only_if: call.precondition()?,
    })
}

impl By<'_> {
    fn change<'c>(
        &'c self,
        scope: &'c NamespaceScope,
        reason: &'c str,
    ) -> Result<RetentionChange<'c>, ApiError> {
        Ok(RetentionChange {
            scope,
            actor: self.actor,
            reason: check_reason(reason)?,
            only_if: &self.only_if,
        })
    }
}

fn rule(row: RetentionRow) -> RetentionRule {
    RetentionRule {
        etag: Some(row.tag().to_string()),
        retention: row.retention(),
        namespace: row.namespace,
        set_at: Some(row.set_at),
        set_by: Some(row.set_by),
    }
}
