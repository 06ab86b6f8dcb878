//! The queue beside the steps that it has.

/// Has the queue follow what a test wrote into the steps.
pub const REQUEUE: &str = "
    delete from tasker.queue;
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select namespace_id, lane, ready_at, task_id, step_no from tasker.step where ready_at is not null;
    delete from tasker.suspended_step;
    insert into tasker.suspended_step (task_id, step_no)
    select task_id, step_no from tasker.step where state = 'ready' and ready_at is null";

/// How many steps are to be claimed and not in the queue, or suspended and not among those, or the other way round.
pub const WRONG_IN_QUEUE: &str = include_str!("wrong_in_queue.sql");
