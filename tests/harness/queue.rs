//! The queue beside the steps that it has.

/// Has the queue follow what a test wrote into the steps.
pub const REQUEUE: &str = "
    delete from tasker.queue;
    insert into tasker.queue (namespace_id, priority, ready_at, task_id, step_no)
    select namespace_id, priority, ready_at, task_id, step_no from tasker.step where ready_at is not null";

/// How many steps are to be claimed and not in the queue, or the other way round.
pub const WRONG_IN_QUEUE: &str = "
    select count(*)
    from tasker.queue q
    full join (select t.namespace_id, t.priority, s.ready_at, s.task_id, s.step_no
               from tasker.step s join tasker.task t using (task_id)
               where s.ready_at is not null) s
      using (namespace_id, priority, ready_at, task_id, step_no)
    where q.task_id is null or s.task_id is null";
