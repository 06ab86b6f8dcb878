//! Payloads of tasks, one per request, as JSON text.

use super::super::Api;
use super::super::routes::{Answer, Call, Reply, Routes};
use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use futures::stream;
use tasker_domain::ids::TaskId;
use tasker_engine::payload_read::{StepPayload, TaskPayload};
use tasker_tasks::TasksError;
use tasker_tasks::payload::SinkResults;
use tasker_wire::endpoint::{Endpoint, JsonText};
use tasker_wire::step::{ShowCheckpoint, ShowStepError, ShowStepResult};
use tasker_wire::task::{ShowTaskError, ShowTaskInput, ShowTaskResult};
use tasker_wire::transition::ShowDetail;

pub(crate) fn routes() -> Routes {
    let routes = Routes::default().on(input).on(result).on(error).on(detail);
    routes.on(step_result).on(step_checkpoint).on(step_error)
}

async fn input(api: Api, call: Call<ShowTaskInput>) -> Answer<ShowTaskInput> {
    let text = api.tasks.task_payload(call.path.id, TaskPayload::Input);
    Ok(json(text.await?))
}

async fn error(api: Api, call: Call<ShowTaskError>) -> Answer<ShowTaskError> {
    let text = api.tasks.task_payload(call.path.id, TaskPayload::Error);
    Ok(json(text.await?))
}

async fn step_result(api: Api, call: Call<ShowStepResult>) -> Answer<ShowStepResult> {
    of_step(&api, call.path.id, call.path.step, StepPayload::Result).await
}

async fn step_checkpoint(api: Api, call: Call<ShowCheckpoint>) -> Answer<ShowCheckpoint> {
    of_step(&api, call.path.id, call.path.step, StepPayload::Checkpoint).await
}

async fn step_error(api: Api, call: Call<ShowStepError>) -> Answer<ShowStepError> {
    of_step(&api, call.path.id, call.path.step, StepPayload::Error).await
}

async fn of_step<E: Endpoint<Answer = JsonText>>(
    api: &Api,
    task_id: TaskId,
    step: String,
    payload: StepPayload,
) -> Answer<E> {
    if step.contains('\0') {
        return Err(TasksError::UnknownStep { task_id, step }.into());
    }
    let text = api.tasks.step_payload(task_id, &step, payload).await?;
    Ok(json(text))
}

async fn detail(api: Api, call: Call<ShowDetail>) -> Answer<ShowDetail> {
    let text = api.tasks.transition_detail(call.path.id, call.path.seq);
    Ok(json(text.await?))
}

/// The result of the only sink, or an object of those of all by step name. Of several, one at a time
/// is in memory.
async fn result(api: Api, call: Call<ShowTaskResult>) -> Answer<ShowTaskResult> {
    let mut sinks = api.tasks.sink_results(call.path.id).await?;
    let first = sinks.next().await?;
    let second = sinks.next().await?;
    let (Some(first), Some(second)) = (first.as_ref(), second) else {
        let text = first.map_or_else(|| "null".to_owned(), |(_, only)| only);
        return Ok(json(text));
    };
    let begin = [member("{", first), member(",", &second)].map(Ok::<_, TasksError>);
    let rest = stream::unfold(Some(sinks), next_member);
    let members = stream::StreamExt::chain(stream::iter(begin), rest);
    Ok(json(Body::from_stream(members)))
}

/// What comes next in the object; none behind its end, or behind an error.
async fn next_member(
    sinks: Option<SinkResults>,
) -> Option<(Result<Bytes, TasksError>, Option<SinkResults>)> {
    let mut sinks = sinks?;
    match sinks.next().await {
        Ok(Some(sink)) => Some((Ok(member(",", &sink)), Some(sinks))),
        Ok(None) => Some((Ok(Bytes::from_static(b"}")), None)),
        Err(error) => Some((Err(error), None)),
    }
}

/// A name needs no escaping, and a result is JSON text.
fn member(before: &str, (name, result): &(String, String)) -> Bytes {
    format!("{before}\"{name}\":{result}").into()
}

fn json<E: Endpoint<Answer = JsonText>>(body: impl Into<Body>) -> Reply<E> {
    Reply::media(HeaderMap::new(), body)
}
