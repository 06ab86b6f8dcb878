//! Tasks: submit, list, show, wait, cancel.

use super::super::Api;
use super::super::access::Access;
use super::super::correlation::CorrelationId;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery, JsonBody};
use super::task_views::{
    BatchView, CreatedView, StepView, TaskSummary, TaskView, TransitionView, step_views,
};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor, value};
use std::fmt;
use std::time::Duration;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::permission::Action;
use tasker_domain::state::{StepState, TaskState};
use tasker_engine::step_read::StepFilter;
use tasker_engine::task_read::TaskFilter;
use tasker_tasks::steps::ShownSteps;
use tasker_tasks::submit::Submit;

/// The largest body of a submit, in bytes.
pub const MAX_SUBMIT_BODY_BYTES: usize = 64 << 20;
/// The header that names the identity of a single submit.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

pub fn router() -> Router<Api> {
    Router::new()
        .route("/tasks", post(submit).get(list))
        .route("/tasks/{id}", get(show))
        .route("/tasks/{id}/steps", get(steps))
        .route("/tasks/{id}/transitions", get(transitions))
        .route("/tasks/{id}/cancel", post(cancel))
}

/// One submit, or several at once.
enum SubmitBody {
    One(Box<Submit>),
    Batch(Vec<Submit>),
}

impl SubmitBody {
    fn submits(&self) -> &[Submit] {
        match self {
            Self::One(submit) => std::slice::from_ref(submit),
            Self::Batch(submits) => submits,
        }
    }
}

impl<'de> Deserialize<'de> for SubmitBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SubmitVisitor)
    }
}

struct SubmitVisitor;

impl<'de> Visitor<'de> for SubmitVisitor {
    type Value = SubmitBody;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a submit (an object) or an array of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SubmitBody, A::Error> {
        let submit = Submit::deserialize(value::MapAccessDeserializer::new(map))?;
        Ok(SubmitBody::One(Box::new(submit)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<SubmitBody, A::Error> {
        let submits = Vec::deserialize(value::SeqAccessDeserializer::new(seq))?;
        Ok(SubmitBody::Batch(submits))
    }
}

async fn submit(
    State(api): State<Api>,
    access: Access,
    Extension(correlation): Extension<CorrelationId>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<SubmitBody, MAX_SUBMIT_BODY_BYTES>,
) -> Result<Response, ApiError> {
    let key = idempotency_header(&headers)?;
    for submit in body.submits() {
        access.require(Action::Run, submit.namespace.as_str())?;
    }
    match body {
        SubmitBody::One(submit) => submit_one(&api, *submit, key, &correlation).await,
        SubmitBody::Batch(_) if key.is_some() => Err(ApiError::parameter(
            IDEMPOTENCY_HEADER,
            "a batch takes `idempotency_key` in each submit, not the header".to_owned(),
        )),
        SubmitBody::Batch(submits) => {
            let items = api
                .tasks
                .submit_batch(submits, correlation.as_str())
                .await?;
            Ok(Json(BatchView::from(items)).into_response())
        }
    }
}

async fn submit_one(
    api: &Api,
    mut submit: Submit,
    key: Option<String>,
    correlation: &CorrelationId,
) -> Result<Response, ApiError> {
    if let (Some(header), Some(field)) = (&key, &submit.idempotency_key)
        && header != field
    {
        return Err(ApiError::parameter(
            IDEMPOTENCY_HEADER,
            "the header and the field `idempotency_key` differ; send one of them".to_owned(),
        ));
    }
    submit.idempotency_key = key.or(submit.idempotency_key);
    let submitted = api.tasks.submit(submit, correlation.as_str()).await?;
    let task = TaskSummary::from(api.tasks.summary(submitted.task_id).await?);
    let status = if submitted.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((
        status,
        Json(CreatedView {
            created: submitted.created,
            task,
        }),
    )
        .into_response())
}

fn idempotency_header(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(IDEMPOTENCY_HEADER) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| {
        ApiError::parameter(
            IDEMPOTENCY_HEADER,
            "only visible ASCII is allowed".to_owned(),
        )
    })?;
    Ok(Some(text.to_owned()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    namespace: Option<Name>,
    template: Option<Name>,
    state: Option<TaskState>,
    after: Option<TaskId>,
    limit: Option<u32>,
}

async fn list(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<TaskSummary>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let ListQuery {
        namespace,
        template,
        state,
        after,
        ..
    } = query;
    let filter = TaskFilter {
        namespace,
        template,
        state,
        after,
    };
    let tasks = api.tasks.list(&filter, limit.rows()).await?;
    Ok(Json(limit.page(
        tasks,
        |listed| listed.task.task_id.to_string(),
        TaskSummary::from,
    )))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShowQuery {
    #[serde(default)]
    wait_ms: u64,
    since: Option<i64>,
}

async fn show(
    State(api): State<Api>,
    InPath(task_id): InPath<TaskId>,
    InQuery(query): InQuery<ShowQuery>,
) -> Result<Json<TaskView>, ApiError> {
    let wait = Duration::from_millis(query.wait_ms);
    if wait > tasker_tasks::wait::MAX_WAIT {
        let most = tasker_tasks::wait::MAX_WAIT.as_millis();
        return Err(ApiError::parameter(
            "wait_ms",
            format!("the longest wait is {most} ms"),
        ));
    }
    if !wait.is_zero() {
        tokio::select! {
            waited = api.tasks.wait(task_id, query.since, wait) => waited?,
            () = api.shutdown.cancelled() => {}
        }
    }
    Ok(Json(TaskView::from(api.tasks.show(task_id).await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepsQuery {
    /// One state, or several with commas between them; without it all.
    state: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

async fn steps(
    State(api): State<Api>,
    InPath(task_id): InPath<TaskId>,
    InQuery(query): InQuery<StepsQuery>,
) -> Result<Json<Page<StepView>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let filter = StepFilter {
        states: step_states(query.state.as_deref())?,
        after: step_cursor(query.after.as_deref())?,
    };
    let ShownSteps { rows, explanations } = api.tasks.steps(task_id, &filter, limit.rows()).await?;
    let Page { items: rows, next } = limit.page(rows, |row| row.step_no.to_string(), |row| row);
    let items = step_views(ShownSteps { rows, explanations });
    Ok(Json(Page { items, next }))
}

fn step_states(states: Option<&str>) -> Result<Vec<StepState>, ApiError> {
    let state = |text: &str| StepState::try_from(text.to_owned());
    let states = states
        .into_iter()
        .flat_map(|states| states.split(','))
        .map(state);
    states
        .collect::<Result<_, _>>()
        .map_err(|error| ApiError::parameter("state", error.to_string()))
}

fn step_cursor(after: Option<&str>) -> Result<Option<i16>, ApiError> {
    let cursor = |after: &str| after.parse().map_err(|_| wrong_cursor(after));
    after.map(cursor).transpose()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransitionsQuery {
    /// Only what handlers sent.
    #[serde(default)]
    only_events: bool,
    #[serde(default)]
    after: i64,
    limit: Option<u32>,
}

async fn transitions(
    State(api): State<Api>,
    InPath(task_id): InPath<TaskId>,
    InQuery(query): InQuery<TransitionsQuery>,
) -> Result<Json<Page<TransitionView>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let rows = api
        .tasks
        .transitions(task_id, query.only_events, query.after, limit.rows())
        .await?;
    Ok(Json(limit.page(
        rows,
        |row| row.seq.to_string(),
        TransitionView::from,
    )))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CancelBody {
    #[serde(default)]
    reason: String,
}

async fn cancel(
    State(api): State<Api>,
    caller: Caller,
    InPath(task_id): InPath<TaskId>,
    JsonBody(body): JsonBody<CancelBody>,
) -> Result<Json<TaskView>, ApiError> {
    Ok(Json(TaskView::from(
        api.tasks.cancel(task_id, &body.reason, &caller.0).await?,
    )))
}
