//! The queue beside the steps that it has.

/// Has the queue follow what a test wrote into the steps.
pub const REQUEUE: &str = "
    delete from tasker.queue;
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select namespace_id, lane, ready_at, task_id, step_no from tasker.step where ready_at is not null";

/// How many steps are to be claimed and not in the queue, or the other way round.
pub const WRONG_IN_QUEUE: &str = include_str!("wrong_in_queue.sql");
