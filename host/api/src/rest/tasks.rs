//! Tasks: submit, list, show, wait, cancel.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::super::totals::most_rows;
use super::submission::{OneOrMany, SubmitAnswer};
use super::task_views::{step_views, summary, task_view, transition_view};
use axum::http::HeaderMap;
use std::time::Duration;
use tasker_domain::ids::TaskId;
use tasker_domain::permission::Action;
use tasker_domain::submit::Submit;
use tasker_domain::trace_context::TraceParent;
use tasker_engine::step_read::StepFilter;
use tasker_engine::task_list::TaskFilter;
use tasker_tasks::steps::ShownSteps;
use tasker_tasks::submit::Origin;
use tasker_wire::headers::{IDEMPOTENCY, TRACEPARENT, TRACERESPONSE};
use tasker_wire::step::ListSteps;
use tasker_wire::task::{
    BatchItem, CancelTask, ListTasks, ShowTask, ShowTaskReport, SubmitTasks, SubmittedBatch,
    SubmittedTask,
};
use tasker_wire::transition::ListTransitions;

pub(crate) fn routes() -> Routes {
    let routes = Routes::default().on(submit).on(list).on(show).on(cancel);
    routes.on(steps).on(transitions).on(report)
}

type SubmitEither = SubmitTasks<OneOrMany>;

async fn submit(api: Api, call: Call<SubmitEither>) -> Answer<SubmitEither> {
    let key = idempotency_header(&call.headers)?;
    for submit in call.body.submits() {
        call.access
            .require(Action::Run, submit.namespace.as_str())?;
    }
    let origin = Origin {
        correlation_id: call.correlation.as_str(),
        traceparent: traceparent(&call.headers),
    };
    match call.body {
        OneOrMany::One(submit) => submit_one(&api, *submit, key, origin).await,
        OneOrMany::Many(_) if key.is_some() => Err(ApiError::parameter(
            IDEMPOTENCY,
            "a batch takes `idempotency_key` in each submit, not the header".to_owned(),
        )),
        OneOrMany::Many(submits) => submit_batch(&api, submits, origin).await,
    }
}

/// The trace to which the caller's request belongs. One that cannot be read is as none, as the standard has it.
fn traceparent(headers: &HeaderMap) -> Option<TraceParent> {
    let mut given = headers.get_all(TRACEPARENT).iter();
    let only = given.next().filter(|_| given.next().is_none())?;
    only.to_str().ok()?.parse().ok()
}

async fn submit_one(
    api: &Api,
    mut submit: Submit,
    key: Option<String>,
    origin: Origin<'_>,
) -> Answer<SubmitEither> {
    if let (Some(header), Some(field)) = (&key, &submit.idempotency_key)
        && header != field
    {
        return Err(ApiError::parameter(
            IDEMPOTENCY,
            "the header and the field `idempotency_key` differ; send one of them".to_owned(),
        ));
    }
    submit.idempotency_key = key.or(submit.idempotency_key);
    let submitted = api.tasks.submit(submit, origin).await?;
    let created = submitted.created;
    let task_id = TaskId(submitted.task.task.task_id);
    // The trace of a task that was there is not the caller's.
    let trace = api.tracer.task(task_id, origin.traceparent);
    let trace = trace.filter(|_| created);
    let task = summary(submitted.task);
    let answer = SubmittedTask { created, task };
    let reply = Reply::made(created, SubmitAnswer::One(Box::new(answer)));
    Ok(match trace {
        Some(trace) => reply.with_header(TRACERESPONSE, &trace.to_string()),
        None => reply,
    })
}

async fn submit_batch(api: &Api, submits: Vec<Submit>, origin: Origin<'_>) -> Answer<SubmitEither> {
    let submitted = api.tasks.submit_batch(submits, origin).await?;
    let items = submitted.into_iter().map(|one| BatchItem {
        created: one.created,
        task_id: one.task_id,
        conflict: one.conflict.is_some(),
    });
    let items = items.collect();
    Ok(Reply::ok(SubmitAnswer::Many(SubmittedBatch { items })))
}

fn idempotency_header(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(IDEMPOTENCY) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| {
        ApiError::parameter(IDEMPOTENCY, "only visible ASCII is allowed".to_owned())
    })?;
    Ok(Some(text.to_owned()))
}

async fn list(api: Api, mut call: Call<ListTasks>) -> Answer<ListTasks> {
    let (limit, seek) = call.page()?;
    let filter = TaskFilter {
        namespaces: std::mem::take(&mut call.query.namespaces),
        templates: std::mem::take(&mut call.query.templates),
        states: std::mem::take(&mut call.query.states),
        tag: call.query.tag.take(),
        since: call.query.since,
        until: call.query.until,
    };
    let most = most_rows(call.count);
    let tasks = api.tasks.list(&filter, seek).await?;
    let total = call.total(api.tasks.count(&filter, most)).await?;
    let page = limit.page(tasks, |listed| listed.task.task_id.to_string(), summary);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn show(api: Api, call: Call<ShowTask>) -> Answer<ShowTask> {
    let task_id = call.path.id;
    let wait = Duration::from_millis(call.query.wait_ms);
    if wait > tasker_tasks::wait::MAX_WAIT {
        let most = tasker_tasks::wait::MAX_WAIT.as_millis();
        return Err(ApiError::parameter(
            "wait_ms",
            format!("the longest wait is {most} ms"),
        ));
    }
    if !wait.is_zero() {
        tokio::select! {
            waited = api.tasks.wait(task_id, call.query.since, wait) => waited?,
            () = api.shutdown.cancelled() => {}
        }
    }
    Ok(Reply::ok(task_view(api.tasks.show(task_id).await?)))
}

async fn steps(api: Api, mut call: Call<ListSteps>) -> Answer<ListSteps> {
    let (limit, seek) = call.page()?;
    let filter = StepFilter {
        states: std::mem::take(&mut call.query.states),
    };
    let steps = api.tasks.steps(call.path.id, &filter, seek).await?;
    let total = call
        .total(api.tasks.count_steps(call.path.id, &filter))
        .await?;
    let ShownSteps { rows, explanations } = steps;
    let page = limit.page(rows, |row| row.step_no.to_string(), |row| row);
    let Page {
        items: rows, next, ..
    } = page;
    let items = step_views(ShownSteps { rows, explanations });
    Ok(Reply::ok(Page { items, next, total }))
}

async fn transitions(api: Api, mut call: Call<ListTransitions>) -> Answer<ListTransitions> {
    let (limit, seek) = call.page()?;
    let (id, only_events) = (call.path.id, call.query.only_events);
    let rows = api.tasks.transitions(id, only_events, seek).await?;
    let total = call
        .total(api.tasks.count_transitions(id, only_events))
        .await?;
    let page = limit.page(rows, |row| row.seq.to_string(), transition_view);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn report(api: Api, call: Call<ShowTaskReport>) -> Answer<ShowTaskReport> {
    Ok(Reply::ok(api.tasks.report(call.path.id).await?))
}

async fn cancel(api: Api, call: Call<CancelTask>) -> Answer<CancelTask> {
    let cancelled = api
        .tasks
        .cancel(call.path.id, &call.body.reason, call.actor());
    Ok(Reply::ok(task_view(cancelled.await?)))
}
