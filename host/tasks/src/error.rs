//! Why a task is not made, found or changed.

use super::migrated_component::MigratedComponent;
use tasker_database::DatabaseError;
use tasker_domain::bounds::MAX_BATCH_TASKS;
use tasker_domain::compatibility::CompatChange;
use tasker_domain::error_report::{ErrorClass, ErrorReport, FieldError, Report};
use tasker_domain::ids::TaskId;
use tasker_domain::reason::MAX_REASON_BYTES;
use tasker_domain::state::TaskState;
use tasker_engine::recording::RecordingError;
use tasker_engine::task::is_stale_lock;
use tasker_registry::RegistryError;
use tasker_registry::resolve::Swap;

/// One thing that is wrong in a submit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputProblem {
    /// JSON pointer into the request, such as `/input/amount`, in a batch `/17/input/amount`.
    pub path: String,
    pub message: String,
}

impl InputProblem {
    /// Where in the request it is.
    fn field_error(&self) -> FieldError {
        FieldError {
            path: Some(self.path.clone()),
            message: self.message.clone(),
            ..FieldError::default()
        }
    }

    /// The same problem in a batch, at this submit.
    pub fn below(self, index: usize) -> Self {
        Self {
            path: format!("/{index}{}", self.path),
            ..self
        }
    }
}

/// Why a task is not made, found or changed.
#[derive(Debug, thiserror::Error)]
pub enum TasksError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error("the submit is invalid: {}", first(.0))]
    Invalid(Vec<InputProblem>),
    #[error("a batch has from 1 to {MAX_BATCH_TASKS} submits; this one has {0}")]
    BatchSize(usize),
    #[error(
        "the database has no partition for a task of this time: the clock of this host is far ahead of the database's, \
         or no host could make the partition; `tasker doctor` tells which"
    )]
    NoPartition,
    #[error("the database created no task and reported no reason")]
    NothingCreated,
    #[error(
        "the idempotency key was used before with another input, for task {task_id}; \
         send the same input or another key"
    )]
    KeyReused { task_id: TaskId },
    #[error(
        "task {task_id} has the same input, and the template's identity is `strict`; \
         use that task or change the input"
    )]
    Duplicate { task_id: TaskId },
    #[error(
        "there is no task {task_id}; it never existed, or its namespace keeps such tasks no longer"
    )]
    UnknownTask { task_id: TaskId },
    /// The primary is asked instead.
    #[error("task {task_id} is open, and a replica does not know who writes its log")]
    OpenOnReplica { task_id: TaskId },
    #[error("task {task_id} has no step `{}`", .step.escape_debug())]
    UnknownStep { task_id: TaskId, step: String },
    #[error(
        "no attempt of step `{}` that was asked for is recorded; have attempts recorded with: tasker record set NAMESPACE 100% (or serve --record)", .step.escape_debug()
    )]
    NotRecorded { task_id: TaskId, step: String },
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error("{what}")]
    NoPayload { what: String },
    #[error("task {task_id} has ended ({state}); only an open task can be cancelled")]
    AlreadyFinal { task_id: TaskId, state: TaskState },
    #[error(
        "a reason is one line of at most {MAX_REASON_BYTES} bytes, without line breaks and control characters"
    )]
    Reason,
    #[error("{}", breaks(.0))]
    MigrationBreaks(Vec<MigratedComponent>),
    #[error("`to` is the target version of one component; name it with `component`")]
    MigrationOfWhat,
    #[error("a task that is {0} has ended; use `pending` or `in_progress`")]
    MigrationOfFinal(TaskState),
    #[error("a stored result is not JSON")]
    StoredJson(#[source] serde_json::Error),
}

impl Report for TasksError {
    fn report(&self) -> ErrorReport {
        use ErrorClass::{Conflict, NotFound, Refused, Unavailable};
        let (class, code) = match self {
            Self::Database(error) => return error.report(),
            Self::Registry(error) => return error.report(),
            Self::Invalid(_) => (Refused, "invalid_submit"),
            Self::NoPartition => (Unavailable, "no_partition"),
            Self::BatchSize(_) => (Refused, "batch_size"),
            Self::KeyReused { .. } => (Conflict, "idempotency_key_reused"),
            Self::Duplicate { .. } => (Conflict, "duplicate_task"),
            Self::UnknownTask { .. } => (NotFound, "unknown_task"),
            Self::OpenOnReplica { .. } => (NotFound, "open_on_replica"),
            Self::UnknownStep { .. } => (NotFound, "unknown_step"),
            Self::NotRecorded { .. } => (NotFound, "not_recorded"),
            Self::Recording(RecordingError::Database(error)) => return error.report(),
            Self::Recording(RecordingError::Secret(error)) => return error.report(),
            Self::Recording(RecordingError::Unreadable(_)) => return ErrorReport::internal(),
            Self::NoPayload { .. } => (NotFound, "no_payload"),
            Self::AlreadyFinal { .. } => (Conflict, "task_is_final"),
            Self::MigrationBreaks(_) => (Conflict, "migration_breaks"),
            Self::MigrationOfWhat | Self::MigrationOfFinal(_) => (Refused, "invalid_migration"),
            Self::Reason => (Refused, "invalid_reason"),
            Self::NothingCreated | Self::StoredJson(_) => return ErrorReport::internal(),
        };
        let report = ErrorReport::new(class, code);
        match self {
            Self::Invalid(problems) => {
                report.fields(problems.iter().map(InputProblem::field_error))
            }
            Self::MigrationBreaks(components) => {
                let breaking = components.iter().flat_map(|it| &it.breaking);
                report.fields(breaking.map(CompatChange::field_error))
            }
            Self::KeyReused { task_id } | Self::Duplicate { task_id } => report.task(*task_id),
            _ => report,
        }
    }
}

impl TasksError {
    /// True if a version was collected after it was resolved: to resolve again gives another.
    pub fn is_of_void_lock(&self) -> bool {
        matches!(self, Self::Database(error) if is_stale_lock(error))
    }
}

/// The first that breaks, and how to go on.
fn breaks(components: &[MigratedComponent]) -> String {
    let swaps: Vec<String> = components
        .iter()
        .map(|it| {
            let Swap {
                component,
                from,
                to,
            } = &it.swap;
            format!("{component} {from} → {to}")
        })
        .collect();
    format!(
        "{} is not compatible, so that no task moved; look at the changes with a dry run (`dry_run`, --dry-run), then \
         move one `component` that does not break (--component), or all the same with `force` (--force)",
        swaps.join(", ")
    )
}

fn first(problems: &[InputProblem]) -> String {
    match problems {
        [] => "no reason was given".to_owned(),
        [InputProblem { path, message }] => format!("{path}: {message}"),
        [InputProblem { path, message }, rest @ ..] => {
            format!("{path}: {message} (and {} more)", rest.len())
        }
    }
}
