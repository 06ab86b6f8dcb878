-- Claims one step if it is due and not locked. Returns it, or null if it was not claimed. A step without a further
-- attempt number fails for good.
--
-- Locks: as tasker.claim_ready; if the step fails, as tasker.fail_steps.
create or replace function tasker.claim_one(p_worker_id int, p_task_id uuid, p_step_no smallint)
returns tasker.claimed_step
language plpgsql
set search_path = ''
as $$
declare
  v_attempt_end constant int := 2147483647;
  v_now constant timestamptz := tasker.clock();
  v_attempt int;
  v_namespace_id int;
  v_lane smallint;
  v_ready_at timestamptz;
  v_claimed tasker.claimed_step;
begin
  select s.attempt, s.namespace_id, s.lane, s.ready_at into v_attempt, v_namespace_id, v_lane, v_ready_at
  from tasker.step s
  where s.task_id = p_task_id and s.step_no = p_step_no and s.ready_at <= v_now
  for update skip locked;
  if not found then
    return null;
  end if;
  delete from tasker.queue q
  where q.namespace_id = v_namespace_id and q.lane = v_lane and q.ready_at = v_ready_at
    and q.task_id = p_task_id and q.step_no = p_step_no;

  if v_attempt = v_attempt_end then
    update tasker.step s
    set state = 'running', worker_id = p_worker_id, ready_at = null, started_at = v_now, deadline_at = v_now
    where s.task_id = p_task_id and s.step_no = p_step_no;
    perform tasker.fail_steps(
      p_worker_id, array[p_task_id], array[p_step_no], array[v_attempt],
      array['{"kind": "host", "code": "too_many_attempts", "message": "the step was begun 2147483647 times, the most there can be; the log of the task states why its attempts were given back"}'],
      array[true], array[null::bigint]);
    return null;
  end if;

  with claimed as (
    update tasker.step s
    set state = 'running', attempt = s.attempt + 1, worker_id = p_worker_id, ready_at = null,
        started_at = v_now, deadline_at = v_now + s.timeout_ms * interval '1 ms'
    where s.task_id = p_task_id and s.step_no = p_step_no
    returning s.task_id, s.step_no, s.attempt, s.checkpoint::text as checkpoint
  ), begun as (
    update tasker.task t set state = 'in_progress'
    where t.task_id = p_task_id and t.state = 'pending'
    returning t.task_id
  ), log as (
    insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state)
    select v_now, b.task_id, null, null, p_worker_id, 'in_progress' from begun b
    union all
    select v_now, c.task_id, c.step_no, c.attempt, p_worker_id, 'running' from claimed c
  )
  select c.task_id, c.step_no, c.attempt, c.checkpoint, v_ready_at into v_claimed from claimed c;
  return v_claimed;
end
$$;
