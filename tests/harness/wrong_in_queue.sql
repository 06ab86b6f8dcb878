select count(*)
from (
  select coalesce(q.task_id, s.task_id)
  from tasker.queue q
  full join (select t.namespace_id, s.lane, s.ready_at, s.task_id, s.step_no, t.lane as lane_of_task
             from tasker.step s join tasker.task t using (task_id)
             where s.ready_at is not null) s
    using (namespace_id, lane, ready_at, task_id, step_no)
  where q.task_id is null or s.task_id is null or s.lane not in (s.lane_of_task, s.lane_of_task - s.lane_of_task % 3276)
  union all
  select coalesce(x.task_id, s.task_id)
  from tasker.suspended_step x
  full join (select s.task_id, s.step_no from tasker.every_step s where s.state = 'ready' and s.ready_at is null) s
    using (task_id, step_no)
  where x.task_id is null or s.task_id is null
) wrong
