//! Tasks: submit, list, show, cancel; requests for single payloads.

use crate::comma_list;
use crate::endpoint::{
    Content, Described, Endpoint, Json, JsonText, Needs, NoQuery, Refusal, Scope, always, endpoint,
};
use crate::headers::{IDEMPOTENCY, TRACEPARENT};
use crate::page::{Page, paged};
use crate::reason::OnlyReason;
use crate::step::Step;
use chrono::{DateTime, Utc};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use tasker_domain::digest::Digest;
use tasker_domain::error_report::ErrorClass;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::permission::Action;
use tasker_domain::priority::Priority;
use tasker_domain::state::{StandstillReason, StepState, TaskState};
use tasker_domain::submit::Submit;
use tasker_domain::tag::Tag;
use tasker_domain::task_report::TaskReport;

/// The largest body of a submit, in bytes.
pub const MAX_SUBMIT_BODY_BYTES: usize = 64 << 20;

/// A task without its payloads.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TaskSummary {
    pub id: TaskId,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub state: TaskState,
    /// Why it does not proceed, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StandstillReason>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub correlation_id: String,
    /// What its caller marked it with, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// From 0, the lowest, to 9.
    #[serde(default)]
    pub priority: Priority,
    /// Why it did not complete; see [`Failure`](crate::failure::Failure).
    pub error: Option<Box<RawValue>>,
}

impl TaskSummary {
    /// The template version that it runs: `namespace/template@version`.
    pub fn release(&self) -> String {
        format!("{}/{}@{}", self.namespace, self.template, self.version)
    }
}

/// A task with its lock and the first of its steps. What is large has its size here, and a request of
/// its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Task {
    pub id: TaskId,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub state: TaskState,
    /// Why it does not proceed, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StandstillReason>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub correlation_id: String,
    /// What its caller marked it with, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// From 0, the lowest, to 9.
    #[serde(default)]
    pub priority: Priority,
    /// Why it did not complete; see [`Failure`](crate::failure::Failure).
    pub error: Option<Box<RawValue>>,
    /// `None` if it has more than 64 KiB; see `input_bytes`.
    pub input: Option<Box<RawValue>>,
    pub input_bytes: u64,
    /// None before the task is complete, and where it has more than 64 KiB; see `result_bytes`.
    pub result: Option<Box<RawValue>>,
    /// None before the task is complete, and where too many steps make the result.
    pub result_bytes: Option<u64>,
    /// Number of its newest transition.
    pub seq: i64,
    /// What the steps are to run: the first 100 versions.
    pub lock: Vec<LockedVersion>,
    /// How many steps are in each state.
    pub step_counts: BTreeMap<StepState, u64>,
    /// The first of them.
    pub steps: Vec<Step>,
    /// Give it as `after` to `/steps` for the rest; `None` if these are all.
    pub steps_next: Option<String>,
}

impl Task {
    /// The template version that it runs: `namespace/template@version`.
    pub fn release(&self) -> String {
        format!("{}/{}@{}", self.namespace, self.template, self.version)
    }
}

/// A component version that a task's lock names.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct LockedVersion {
    /// `namespace/name`.
    pub component: String,
    pub version: String,
    pub digest: Digest,
    /// How many steps it is to run.
    pub steps: u64,
}

/// The answer to a submit of one task.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SubmittedTask {
    /// False if a task with the same idempotency key was there already.
    pub created: bool,
    pub task: TaskSummary,
}

/// The answer to a submit of several tasks, in the order of its submits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SubmittedBatch {
    pub items: Vec<BatchItem>,
}

/// What came of one submit of a batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct BatchItem {
    pub created: bool,
    /// The existing task where it was not created.
    pub task_id: TaskId,
    /// The existing task is not what was asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conflict: bool,
}

/// What one request submits: a task, or several at once.
pub trait Submission: Described + 'static {
    type Answer: Content;
}

impl Submission for Submit {
    type Answer = SubmittedTask;
}

impl Submission for Vec<Submit> {
    type Answer = SubmittedBatch;
}

const SUBMIT_DOC: &str = "Submits a task, or up to 1,000 at once.

With an idempotency key it is safe to repeat: the same key and input return the existing task with `created: false` and
status 200. An array is submitted in one transaction and answered with 200 and one item per submit.
";

const SUBMIT_REFUSALS: &[Refusal] = &[
    Refusal::new(ErrorClass::Forbidden, "not_shared"),
    Refusal::new(ErrorClass::NotFound, "unknown_namespace"),
    Refusal::new(ErrorClass::NotFound, "unknown_template"),
    Refusal::new(ErrorClass::Conflict, "duplicate_task"),
    Refusal::new(ErrorClass::Conflict, "idempotency_key_reused"),
    Refusal::new(ErrorClass::Refused, "batch_size"),
    Refusal::new(ErrorClass::Refused, "invalid_submit"),
    Refusal::new(ErrorClass::Refused, "unknown_handler"),
    Refusal::new(ErrorClass::Refused, "unresolved"),
    Refusal::new(ErrorClass::Unavailable, "contention"),
    Refusal::new(ErrorClass::Unavailable, "no_partition"),
];

/// Submits a task, or up to [`MAX_BATCH_TASKS`](tasker_domain::bounds::MAX_BATCH_TASKS) at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(bound = ""))]
#[serde(bound = "")]
pub struct SubmitTasks<S: Submission> {
    #[serde(skip)]
    submission: PhantomData<fn() -> S>,
}

impl SubmitTasks<Submit> {
    pub fn one() -> Self {
        let submission = PhantomData;
        Self { submission }
    }
}

impl SubmitTasks<Vec<Submit>> {
    pub fn batch() -> Self {
        let submission = PhantomData;
        Self { submission }
    }
}

impl<S: Submission> Endpoint for SubmitTasks<S> {
    const NAME: &'static str = "SubmitTasks";
    const MODULE: &'static str = module_path!();
    const DOC: &'static str = SUBMIT_DOC;
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v1/tasks";
    const NEEDS: Needs = Needs {
        action: Action::Run,
        scope: Scope::Body,
    };
    const MAX_BODY_BYTES: usize = MAX_SUBMIT_BODY_BYTES;
    const HEADERS: &'static [&'static str] = &[IDEMPOTENCY, TRACEPARENT];
    const MAKES: bool = true;
    const IS_IDEMPOTENT: bool = false;
    const REFUSALS: &'static [Refusal] = SUBMIT_REFUSALS;
    const MAY_LAG: bool = false;
    type Query = NoQuery;
    type Body = Json<S>;
    type Answer = S::Answer;
}

/// Which tasks are listed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TaskQuery {
    /// Of one of these, with commas between them; without it, all that the caller may see.
    #[serde(
        rename = "namespace",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "comma_list::names"
    )]
    #[cfg_attr(feature = "openapi", schemars(with = "comma_list::NameList"))]
    pub namespaces: Vec<Name>,
    /// Of one of these, with commas between them.
    #[serde(
        rename = "template",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "comma_list::names"
    )]
    #[cfg_attr(feature = "openapi", schemars(with = "comma_list::NameList"))]
    pub templates: Vec<Name>,
    /// In one of these states; none: in any.
    #[serde(
        rename = "state",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "comma_list"
    )]
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<TaskState>"))]
    pub states: Vec<TaskState>,
    /// Only tasks with this tag.
    pub tag: Option<Tag>,
    /// Only tasks that were created at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Only tasks that were created before this time.
    pub until: Option<DateTime<Utc>>,
    pub after: Option<String>,
    pub limit: Option<u32>,
}

paged!(TaskQuery);

/// The parameters of a long poll of a task.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WaitQuery {
    /// At most so long, until the task is final.
    #[serde(default)]
    pub wait_ms: u64,
    /// Until it has a transition after this one.
    pub since: Option<i64>,
}

impl WaitQuery {
    /// True if the task is shown as it is, without waiting for anything.
    pub fn is_at_once(&self) -> bool {
        self.wait_ms == 0 && self.since.is_none()
    }
}

endpoint! {
    /// Lists tasks, the newest first.
    GET "/v1/tasks" ListTasks {}
    needs Read in Query;
    may lag if always;
    query TaskQuery;
    counts items;
    orders Descending by "created_at";
    answers Page<TaskSummary>;
}

endpoint! {
    /// Shows a task, at once or when it is further.
    GET "/v1/tasks/{id}" ShowTask { id: TaskId }
    needs Read in Task;
    may lag if WaitQuery::is_at_once;
    query WaitQuery;
    answers Task;
    refuses NotFound "unknown_task", TooMany "too_many_waits";
}

endpoint! {
    /// Reports what a task ran, where its time went and why it ended as it did.
    GET "/v1/tasks/{id}/report" ShowTaskReport { id: TaskId }
    needs Read in Task;
    may lag if always;
    answers TaskReport;
    refuses NotFound "unknown_task";
}

endpoint! {
    /// Cancels an open task: steps that have not started never will.
    POST "/v1/tasks/{id}/cancel" CancelTask { id: TaskId }
    needs Run in Task;
    body Json<OnlyReason>;
    answers Task;
    is idempotent;
    refuses NotFound "unknown_task", Conflict "task_is_final", Refused "invalid_reason";
}

endpoint! {
    /// Returns the input of a task.
    GET "/v1/tasks/{id}/input" ShowTaskInput { id: TaskId }
    needs Read in Task;
    may lag if always;
    answers JsonText;
    refuses NotFound "no_payload", NotFound "unknown_task";
}

endpoint! {
    /// Returns the result of the only step that nothing depends on, or an object of those of all by name.
    GET "/v1/tasks/{id}/result" ShowTaskResult { id: TaskId }
    needs Read in Task;
    answers JsonText;
    refuses NotFound "no_payload", NotFound "unknown_task";
}

endpoint! {
    /// Returns why a task did not complete.
    GET "/v1/tasks/{id}/error" ShowTaskError { id: TaskId }
    needs Read in Task;
    may lag if always;
    answers JsonText;
    refuses NotFound "no_payload", NotFound "unknown_task";
}
