//! Submitting tasks: resolve, check, create; nothing is said to be there before it is durable.

use super::input::{canonical, identity_of};
use super::show::ListedTask;
use super::{InputProblem, Tasks, TasksError};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::sync::Arc;
use tasker_domain::bounds::MAX_BATCH_TASKS;
use tasker_domain::ids::TaskId;
use tasker_domain::priority::Priority;
use tasker_domain::queue_key::QueueLane;
use tasker_domain::state::TaskState;
use tasker_domain::submit::Submit;
use tasker_domain::tag::Tags;
use tasker_domain::template::Identity;
use tasker_domain::trace_context::TraceParent;
use tasker_engine::task::{CreatedTask, NewTask, has_no_partition};
use tasker_engine::task_read::TaskRow;
use tasker_registry::RegistryError;
use tasker_registry::resolve::{ResolveRequest, Resolved};

/// The longest idempotency key, in bytes.
pub const MAX_KEY_BYTES: usize = 200;
/// The longest correlation id, in ASCII characters.
pub const MAX_CORRELATION_CHARS: usize = 128;

/// What a request says of where its tasks come from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// For tasks that have none of their own.
    pub correlation_id: &'a str,
    /// The trace to which they belong.
    pub traceparent: Option<TraceParent>,
}

impl<'a> From<&'a str> for Origin<'a> {
    fn from(correlation_id: &'a str) -> Self {
        Self {
            correlation_id,
            traceparent: None,
        }
    }
}

/// What came of a single submit.
#[derive(Debug)]
pub struct SubmittedTask {
    /// False if the same caller's task was there.
    pub created: bool,
    pub task: ListedTask,
}

/// What came of a submit of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The existing task where none was created.
    pub task_id: TaskId,
    pub created: bool,
    pub conflict: Option<Conflict>,
}

/// Why the existing task is not what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The idempotency key belongs to a task with another input.
    KeyReused,
    /// The template's identity is `strict` and a task has this input.
    Duplicate,
}

/// A task to be, and what it is made from.
type Target = (TaskId, Arc<Resolved>);

impl Tasks {
    /// Creates one task, or finds the one that the same caller made with the same key and input.
    pub async fn submit(
        &self,
        submit: Submit,
        origin: impl Into<Origin<'_>>,
    ) -> Result<SubmittedTask, TasksError> {
        let (task_id, origin) = (TaskId::generate(), origin.into());
        let new = match self.create(&submit, task_id, origin).await {
            Err(error) if error.is_of_void_lock() => self.create(&submit, task_id, origin).await?,
            created => created?,
        };
        let identity = new.resolved.definition.identity();
        let Submitted {
            task_id,
            created,
            conflict,
        } = submitted(new.created, identity);
        let task = match conflict {
            None if created => new.listed(),
            None => self.summary(task_id).await?,
            Some(Conflict::KeyReused) => return Err(TasksError::KeyReused { task_id }),
            Some(Conflict::Duplicate) => return Err(TasksError::Duplicate { task_id }),
        };
        Ok(SubmittedTask { created, task })
    }

    /// Creates up to [`MAX_BATCH_TASKS`] tasks, answered in order. None is created where any is not
    /// acceptable; a conflict of one does not keep the others from being created.
    pub async fn submit_batch(
        &self,
        submits: Vec<Submit>,
        origin: impl Into<Origin<'_>>,
    ) -> Result<Vec<Submitted>, TasksError> {
        let origin = origin.into();
        if !(1..=MAX_BATCH_TASKS).contains(&submits.len()) {
            return Err(TasksError::BatchSize(submits.len()));
        }
        let (created, identities) = match self.create_batch(&submits, origin).await {
            Err(error) if error.is_of_void_lock() => self.create_batch(&submits, origin).await?,
            created => created?,
        };
        let answers = created.into_iter().zip(identities);
        Ok(answers
            .map(|(created, identity)| submitted(created, identity))
            .collect())
    }

    /// Fails where a version was collected between resolving and creating: once more gives another.
    async fn create(
        &self,
        submit: &Submit,
        task_id: TaskId,
        origin: Origin<'_>,
    ) -> Result<NewlyCreated, TasksError> {
        let resolver = self.registry.resolver([&submit.namespace]);
        let mut resolver = resolver.await?;
        let resolved = resolver.resolve(&wanted(submit), task_id).await?;
        let target = (task_id, resolved.clone());
        let task = new_task(submit.clone(), target, origin, true);
        let task = task.map_err(TasksError::Invalid)?;
        let created = self.create_all(std::slice::from_ref(&task)).await?;
        Ok(NewlyCreated {
            created: created
                .into_iter()
                .next()
                .ok_or(TasksError::NothingCreated)?,
            resolved,
            tags: task.tags,
            correlation_id: task.correlation_id,
            priority: task.lane.priority(),
        })
    }

    /// The same for a batch.
    async fn create_batch(
        &self,
        submits: &[Submit],
        origin: Origin<'_>,
    ) -> Result<(Vec<CreatedTask>, Vec<Identity>), TasksError> {
        let targets = self.resolve_all(submits).await?;
        let (tasks, identities) = new_tasks(submits.to_vec(), targets, origin)?;
        Ok((self.create_all(&tasks).await?, identities))
    }

    async fn create_all(&self, tasks: &[NewTask]) -> Result<Vec<CreatedTask>, TasksError> {
        let created = self.engine.create_tasks(tasks).await;
        let created = created.map_err(|error| match has_no_partition(&error) {
            true => TasksError::NoPartition,
            false => error.into(),
        })?;
        if created.iter().any(|task| task.created) {
            self.notifications.hint_ready();
        }
        Ok(created)
    }

    /// What each submit is to become, in order.
    async fn resolve_all(&self, submits: &[Submit]) -> Result<Vec<Target>, TasksError> {
        let homes = submits.iter().map(|submit| &submit.namespace);
        let mut resolver = self.registry.resolver(homes).await?;
        let mut targets = Vec::with_capacity(submits.len());
        let mut refused = HashSet::new();
        let mut problems = Vec::new();
        for (index, submit) in submits.iter().enumerate() {
            let (wanted, task_id) = (wanted(submit), TaskId::generate());
            if refused.contains(&wanted) {
                continue;
            }
            match resolver.resolve(&wanted, task_id).await {
                Ok(resolved) => targets.push((task_id, resolved)),
                Err(error) if error.is_internal() => return Err(error.into()),
                Err(error) => {
                    problems.push(target_problem(index, &error));
                    refused.insert(wanted);
                }
            }
            if problems.len() >= MAX_PROBLEMS {
                break;
            }
        }
        match problems.is_empty() {
            true => Ok(targets),
            false => Err(TasksError::Invalid(problems)),
        }
    }
}

/// What a single submit created or found, and what it asked for.
struct NewlyCreated {
    created: CreatedTask,
    resolved: Arc<Resolved>,
    correlation_id: String,
    tags: Tags,
    priority: Priority,
}

impl NewlyCreated {
    /// The task as it was created, without asking the database again.
    fn listed(self) -> ListedTask {
        let template = self.resolved.definition.template();
        let task = TaskRow {
            task_id: self.created.task_id.0,
            namespace: template.namespace.to_string(),
            template: template.name.to_string(),
            version: template.version.to_string(),
            template_version_id: self.resolved.template_version_id,
            lock_id: self.resolved.lock_id.0,
            state: TaskState::Pending,
            correlation_id: self.correlation_id,
            tags: Some(self.tags.iter().map(ToString::to_string).collect()),
            priority: self.priority.number(),
            created_at: self.created.created_at,
            finished_at: None,
            error: None,
        };
        ListedTask { task, reason: None }
    }
}

/// The most problems of one batch that are reported.
const MAX_PROBLEMS: usize = 100;

fn target_problem(index: usize, error: &RegistryError) -> InputProblem {
    InputProblem {
        path: format!("/{index}/template"),
        message: error.to_string(),
    }
}

fn wanted(submit: &Submit) -> ResolveRequest {
    ResolveRequest {
        namespace: submit.namespace.clone(),
        template: submit.template.clone(),
        version: submit.version.clone(),
    }
}

/// All tasks of a batch with their identities, or everything that is wrong in it.
fn new_tasks(
    submits: Vec<Submit>,
    targets: Vec<Target>,
    origin: Origin<'_>,
) -> Result<(Vec<NewTask>, Vec<Identity>), TasksError> {
    let mut tasks = Vec::with_capacity(submits.len());
    let mut identities = Vec::with_capacity(submits.len());
    let mut problems = Vec::new();
    for (index, (submit, target)) in submits.into_iter().zip(targets).enumerate() {
        identities.push(target.1.definition.identity());
        match new_task(submit, target, origin, false) {
            Ok(task) => tasks.push(task),
            Err(own) => problems.extend(own.into_iter().map(|problem| problem.below(index))),
        }
        if problems.len() >= MAX_PROBLEMS {
            break;
        }
    }
    match problems.is_empty() {
        true => Ok((tasks, identities)),
        false => Err(TasksError::Invalid(problems)),
    }
}

/// One task as it is to be created. Whoever submits a single task is likely to wait for it.
fn new_task(
    submit: Submit,
    (task_id, resolved): Target,
    origin: Origin<'_>,
    is_watched: bool,
) -> Result<NewTask, Vec<InputProblem>> {
    let definition = &resolved.definition;
    let identity = definition.identity();
    check_key(submit.idempotency_key.as_deref(), identity)?;
    check_correlation(submit.correlation_id.as_deref())?;
    let input = submit.input.as_deref().map_or("{}", RawValue::get);
    let input = canonical(input, definition.input_schema())?;
    let identity_key = match identity {
        Identity::Strict => Some(identity_of(&input)),
        Identity::Caller => submit.idempotency_key.map(|key| format!("key:{key}")),
        Identity::Unique => None,
    };
    let priority = submit.priority.or(definition.template().priority);
    let queue_key = definition.template().queue_key.as_ref();
    let lane = QueueLane::of(priority.unwrap_or_default(), queue_key, &input);
    Ok(NewTask {
        task_id,
        namespace_id: resolved.namespace_id,
        template_id: resolved.template_id,
        template_version_id: resolved.template_version_id,
        lock_id: resolved.lock_id,
        input,
        identity_key,
        correlation_id: submit
            .correlation_id
            .unwrap_or_else(|| origin.correlation_id.to_owned()),
        traceparent: origin.traceparent,
        tags: submit.tags,
        lane,
        is_watched,
    })
}

fn check_key(key: Option<&str>, identity: Identity) -> Result<(), Vec<InputProblem>> {
    let Some(key) = key else { return Ok(()) };
    let wrong = |message: String| {
        Err(vec![InputProblem {
            path: "/idempotency_key".to_owned(),
            message,
        }])
    };
    match identity {
        Identity::Caller if !(1..=MAX_KEY_BYTES).contains(&key.len()) => wrong(format!(
            "a key has from 1 to {MAX_KEY_BYTES} bytes; this one has {}",
            key.len()
        )),
        Identity::Caller if key.chars().any(char::is_control) => {
            wrong("a key has no control characters".to_owned())
        }
        Identity::Caller => Ok(()),
        Identity::Strict => wrong(
            "the template's identity is `strict`: its input is the key; leave this out".to_owned(),
        ),
        Identity::Unique => wrong(
            "the template's identity is `unique`: every submit is a new task; leave this out"
                .to_owned(),
        ),
    }
}

fn check_correlation(id: Option<&str>) -> Result<(), Vec<InputProblem>> {
    if id.is_none_or(is_correlation_id) {
        return Ok(());
    }
    let message =
        format!("a correlation id has 1 to {MAX_CORRELATION_CHARS} visible ASCII characters");
    Err(vec![InputProblem {
        path: "/correlation_id".to_owned(),
        message,
    }])
}

/// True for 1 to [`MAX_CORRELATION_CHARS`] visible ASCII characters.
pub fn is_correlation_id(text: &str) -> bool {
    (1..=MAX_CORRELATION_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn submitted(created: CreatedTask, identity: Identity) -> Submitted {
    let CreatedTask {
        task_id,
        created,
        same_input,
        ..
    } = created;
    let conflict = match identity {
        Identity::Strict => Some(Conflict::Duplicate),
        Identity::Caller | Identity::Unique if same_input => None,
        Identity::Caller | Identity::Unique => Some(Conflict::KeyReused),
    };
    Submitted {
        task_id,
        created,
        conflict: conflict.filter(|_| !created),
    }
}
