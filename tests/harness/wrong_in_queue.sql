select count(*)
from tasker.queue q
full join (select t.namespace_id, t.priority, s.ready_at, s.task_id, s.step_no
           from tasker.step s join tasker.task t using (task_id)
           where s.ready_at is not null) s
  using (namespace_id, priority, ready_at, task_id, step_no)
where q.task_id is null or s.task_id is null
