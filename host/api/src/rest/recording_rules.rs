//! Which attempts are recorded: set, remove, list.

use super::super::Api;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use super::rule_scope::{rule_cursor, rule_scope};
use tasker_registry::store::recording_rule::{self as store, RecordingRuleChange};
use tasker_wire::recording_rule::{
    ListRecordingRules, RecordingRule, RemoveRecordingRule, SetRecordingRule,
};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(set).on(remove)
}

async fn list(api: Api, mut call: Call<ListRecordingRules>) -> Answer<ListRecordingRules> {
    let (limit, seek) = call.page::<String>()?;
    let namespaces = &call.query.namespaces;
    let seek = seek.try_map(|after| rule_cursor(after))?;
    let rules = api.registry.list_recording_rules(namespaces, seek);
    let cursor = |rule: &store::RecordingRule| format!("{}/{}", rule.namespace, rule.component);
    let total = api.store.count_recording_rules(namespaces);
    let total = call.total(total).await?;
    let page = limit.page(rules.await?, cursor, rule);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn set(api: Api, call: Call<SetRecordingRule>) -> Answer<SetRecordingRule> {
    let (namespace, body) = (&call.path.namespace, &call.body);
    let change = RecordingRuleChange {
        namespace,
        component: &rule_scope(&call.path.component, namespace)?,
        actor: call.actor(),
        reason: check_reason(&body.reason)?,
        only_if: &call.precondition()?,
    };
    let set = api.registry.set_recording_rule(change, body.policy());
    let row = set.await?;
    let tag = row.tag();
    Ok(Reply::ok(rule(row)).with_state(tag))
}

async fn remove(api: Api, call: Call<RemoveRecordingRule>) -> Answer<RemoveRecordingRule> {
    let namespace = &call.path.namespace;
    let change = RecordingRuleChange {
        namespace,
        component: &rule_scope(&call.path.component, namespace)?,
        actor: call.actor(),
        reason: check_reason(&call.query.reason)?,
        only_if: &call.precondition()?,
    };
    let removed = api.registry.remove_recording_rule(change).await?;
    Ok(Reply::ok(RecordingRule {
        etag: None,
        ..rule(removed)
    }))
}

fn rule(row: store::RecordingRule) -> RecordingRule {
    RecordingRule {
        etag: Some(row.tag().to_string()),
        namespace: row.namespace,
        component: row.component,
        percent: row.percent,
        only_failures: row.only_failures,
        set_at: row.set_at,
        set_by: row.set_by,
    }
}
