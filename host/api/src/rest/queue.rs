//! The queue: list, pause, resume, weigh, limit.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use std::fmt::Display;
use std::ops::RangeInclusive;
use tasker_domain::name::Name;
use tasker_registry::store::queue::{QueueChange, QueueRow};
use tasker_wire::queue::{ChangeQueue, ListQueue, MAX_COUNTED_STEPS, NamespaceQueue};

/// Weights that a namespace may have.
const WEIGHTS: RangeInclusive<i16> = 1..=100;

/// Steps that a namespace with a limit may run at the same time: a claim looks at each of them.
const MAX_RUNNING: RangeInclusive<i32> = 1..=1_000;

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(change)
}

async fn list(api: Api, mut call: Call<ListQueue>) -> Answer<ListQueue> {
    let (limit, seek) = call.page::<Name>()?;
    let namespaces = &call.query.namespaces;
    let seek = seek.map(Name::as_str);
    let rows = api.registry.list_queue(namespaces, seek, MAX_COUNTED_STEPS);
    let total = call.total(api.store.count_queue(namespaces)).await?;
    let page = limit.page(rows.await?, |row| row.namespace.clone(), queue);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn change(api: Api, call: Call<ChangeQueue>) -> Answer<ChangeQueue> {
    let body = &call.body;
    let reason = check_reason(&body.reason)?;
    if body.weight.is_none() && body.is_paused.is_none() && body.max_running.is_none() {
        let message =
            "name it, `max_running`, or `is_paused`, such as `{\"is_paused\": true}`".to_owned();
        return Err(ApiError::parameter("weight", message));
    }
    check_range("weight", body.weight, &WEIGHTS)?;
    check_range("max_running", body.max_running.flatten(), &MAX_RUNNING)?;
    let change = QueueChange {
        namespace: &call.path.namespace,
        weight: body.weight,
        max_running: body.max_running,
        is_paused: body.is_paused,
        actor: call.actor(),
        reason,
        only_if: &call.precondition()?,
    };
    let row = api.registry.change_queue(change, MAX_COUNTED_STEPS).await?;
    let tag = row.tag();
    Ok(Reply::ok(queue(row)).with_state(tag))
}

fn check_range<T: Copy + PartialOrd + Display>(
    name: &str,
    value: Option<T>,
    range: &RangeInclusive<T>,
) -> Result<(), ApiError> {
    match value.filter(|value| !range.contains(value)) {
        None => Ok(()),
        Some(value) => {
            let (least, most) = (range.start(), range.end());
            let message = format!("{value} is not from {least} to {most}");
            Err(ApiError::parameter(name, message))
        }
    }
}

fn queue(row: QueueRow) -> NamespaceQueue {
    NamespaceQueue {
        etag: row.tag().to_string(),
        namespace: row.namespace,
        due: row.due,
        later: row.later,
        oldest_due_at: row.oldest_due_at,
        weight: row.weight,
        max_running: row.max_running,
        is_paused: row.is_paused,
        set_at: row.set_at,
        set_by: row.set_by,
    }
}
