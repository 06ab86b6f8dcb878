//! Payloads of tasks: each by itself, as the JSON text that it is.

use super::super::Api;
use super::super::error::ApiError;
use super::super::request::InPath;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures::stream;
use tasker_domain::ids::TaskId;
use tasker_engine::payload_read::{StepPayload, TaskPayload};
use tasker_tasks::TasksError;
use tasker_tasks::payload::SinkResults;

pub fn router() -> Router<Api> {
    Router::new()
        .route("/tasks/{id}/input", get(input))
        .route("/tasks/{id}/result", get(result))
        .route("/tasks/{id}/error", get(error))
        .route("/tasks/{id}/steps/{step}/result", get(step_result))
        .route("/tasks/{id}/steps/{step}/checkpoint", get(step_checkpoint))
        .route("/tasks/{id}/steps/{step}/error", get(step_error))
        .route("/tasks/{id}/transitions/{seq}/detail", get(detail))
}

async fn input(
    State(api): State<Api>,
    InPath(task_id): InPath<TaskId>,
) -> Result<Response, ApiError> {
    let text = api.tasks.task_payload(task_id, TaskPayload::Input).await?;
    Ok(json(Body::from(text)))
}

async fn error(
    State(api): State<Api>,
    InPath(task_id): InPath<TaskId>,
) -> Result<Response, ApiError> {
    let text = api.tasks.task_payload(task_id, TaskPayload::Error).await?;
    Ok(json(Body::from(text)))
}

type InStep = InPath<(TaskId, String)>;

async fn step_result(State(api): State<Api>, step: InStep) -> Result<Response, ApiError> {
    of_step(&api, step, StepPayload::Result).await
}

async fn step_checkpoint(State(api): State<Api>, step: InStep) -> Result<Response, ApiError> {
    of_step(&api, step, StepPayload::Checkpoint).await
}

async fn step_error(State(api): State<Api>, step: InStep) -> Result<Response, ApiError> {
    of_step(&api, step, StepPayload::Error).await
}

async fn of_step(
    api: &Api,
    InPath((task_id, step)): InStep,
    payload: StepPayload,
) -> Result<Response, ApiError> {
    if step.contains('\0') {
        return Err(TasksError::UnknownStep { task_id, step }.into());
    }
    let text = api.tasks.step_payload(task_id, &step, payload).await?;
    Ok(json(Body::from(text)))
}

async fn detail(
    State(api): State<Api>,
    InPath((task_id, seq)): InPath<(TaskId, i64)>,
) -> Result<Response, ApiError> {
    let text = api.tasks.transition_detail(task_id, seq).await?;
    Ok(json(Body::from(text)))
}

/// The result of the only sink, or an object of those of all by step name. Of several, one at a time
/// is in memory.
async fn result(
    State(api): State<Api>,
    InPath(task_id): InPath<TaskId>,
) -> Result<Response, ApiError> {
    let mut sinks = api.tasks.sink_results(task_id).await?;
    let first = sinks.next().await?;
    let second = sinks.next().await?;
    let (Some(first), Some(second)) = (first.as_ref(), second) else {
        let text = first.map_or_else(|| "null".to_owned(), |(_, only)| only);
        return Ok(json(Body::from(text)));
    };
    let begin = [member("{", first), member(",", &second)].map(Ok::<_, TasksError>);
    let rest = stream::unfold(Some(sinks), next_member);
    Ok(json(Body::from_stream(stream::StreamExt::chain(
        stream::iter(begin),
        rest,
    ))))
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

fn json(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
