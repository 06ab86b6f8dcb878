//! The events of the predecessor, the engine in Ruby, and what stands for each here.

/// An event of the predecessor.
#[derive(Clone, Copy, Debug)]
pub struct PredecessorEvent {
    pub name: &'static str,
    /// The types that stand for it.
    pub counterparts: &'static [&'static str],
    /// Why there is none; empty if there is one.
    pub why_none: &'static str,
}

/// All of its events.
pub const PREDECESSOR: [PredecessorEvent; 59] = [
    of("task.initialize_requested", &["task.created"], ""),
    of("task.start_requested", &["task.started"], ""),
    of("task.completed", &["task.completed"], ""),
    of("task.failed", &["task.failed"], ""),
    of(
        "task.retry_requested",
        &[],
        "a task is not retried as a whole; its steps are",
    ),
    of("task.cancelled", &["task.cancelled"], ""),
    of(
        "task.resolved_manually",
        &[],
        "no command resolves a task by hand yet",
    ),
    of(
        "task.before_transition",
        &[],
        "there are no callbacks before a change: the database decides, and an event is what has happened",
    ),
    of("step.initialize_requested", &["step.ready"], ""),
    of("step.execution_requested", &["step.started"], ""),
    of("step.before_handle", &["attempt.started"], ""),
    of("step.handle", &["attempt.started"], ""),
    of("step.completed", &["step.completed"], ""),
    of("step.failed", &["step.failed"], ""),
    of("step.retry_requested", &["step.retry_scheduled"], ""),
    of("step.cancelled", &["step.cancelled"], ""),
    of(
        "step.resolved_manually",
        &[],
        "no command resolves a step by hand yet",
    ),
    of(
        "step.before_transition",
        &[],
        "there are no callbacks before a change",
    ),
    of("workflow.task_started", &["task.started"], ""),
    of("workflow.task_completed", &["task.completed"], ""),
    of("workflow.task_failed", &["task.failed"], ""),
    of("workflow.step_completed", &["step.completed"], ""),
    of("workflow.step_failed", &["step.failed"], ""),
    of("workflow.viable_steps_discovered", &["step.ready"], ""),
    of(
        "workflow.no_viable_steps",
        &[],
        "nothing looks for steps: the end of a step releases the ones behind it",
    ),
    of(
        "workflow.orchestration_requested",
        &[],
        "there is no orchestrator to ask",
    ),
    of(
        "workflow.task_finalization_started",
        &[],
        "a task ends in the transaction that ends its last step",
    ),
    of(
        "workflow.task_finalization_completed",
        &["task.completed", "task.failed"],
        "",
    ),
    of(
        "workflow.task_reenqueue_started",
        &[],
        "tasks are not put into a queue, steps are",
    ),
    of(
        "workflow.task_reenqueue_requested",
        &[],
        "tasks are not put into a queue, steps are",
    ),
    of(
        "workflow.task_reenqueue_failed",
        &[],
        "tasks are not put into a queue, steps are",
    ),
    of(
        "workflow.task_reenqueue_delayed",
        &[],
        "tasks are not put into a queue; a step that waits has step.retry_scheduled",
    ),
    of(
        "workflow.task_state_unclear",
        &[],
        "the state of a task is never unclear; `tasker task show` says why it waits",
    ),
    of("workflow.step_execution_failed", &["attempt.failed"], ""),
    of(
        "workflow.viable_steps_batch_ready",
        &[],
        "steps are claimed one by one; each has step.ready or step.started",
    ),
    of("workflow.steps_execution_started", &["step.started"], ""),
    of(
        "workflow.steps_execution_completed",
        &["step.completed"],
        "",
    ),
    of("observability.task.handle", &["task.started"], ""),
    of("observability.task.enqueue", &["task.created"], ""),
    of(
        "observability.task.finalize",
        &["task.completed", "task.failed"],
        "",
    ),
    of("observability.step.handle", &["attempt.started"], ""),
    of(
        "observability.step.find_viable",
        &[],
        "nothing looks for steps: the end of a step releases the ones behind it",
    ),
    of("observability.step.backoff", &["step.retry_scheduled"], ""),
    of("observability.step.skip", &[], "no step is skipped yet"),
    of(
        "observability.step.max_retries_reached",
        &["step.failed"],
        "",
    ),
    of("handler.registered", &["component.publish"], ""),
    of("handler.unregistered", &["component.yank"], ""),
    of(
        "handler.validation_failed",
        &[],
        "a refused upload is the answer of the request and changes nothing",
    ),
    of(
        "plugin.registered",
        &[],
        "there are no plugins in the host; handlers are components",
    ),
    of(
        "plugin.unregistered",
        &[],
        "there are no plugins in the host; handlers are components",
    ),
    of(
        "plugin.validation_failed",
        &[],
        "there are no plugins in the host; handlers are components",
    ),
    of("subscriber.registered", &["subscription.set"], ""),
    of("subscriber.unregistered", &["subscription.remove"], ""),
    of(
        "subscriber.validation_failed",
        &[],
        "a filter that is wrong is refused in the answer of the request",
    ),
    of(
        "registry.sync_requested",
        &[],
        "`tasker sync` is a command that makes single changes, each with its event",
    ),
    of(
        "registry.health_check",
        &[],
        "`/health/status` answers it when it is asked",
    ),
    of(
        "registry.stats_collected",
        &[],
        "nothing is collected ahead of a request",
    ),
    of(
        "registry.cross_discovery",
        &[],
        "hosts share one registry in the database and need not discover one another",
    ),
    of(
        "registry.coordination_complete",
        &[],
        "hosts share one registry in the database and need not coordinate",
    ),
];

const fn of(
    name: &'static str,
    counterparts: &'static [&'static str],
    why_none: &'static str,
) -> PredecessorEvent {
    PredecessorEvent {
        name,
        counterparts,
        why_none,
    }
}
