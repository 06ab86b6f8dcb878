-- Claims up to p_limit steps that are due, oldest first, for a worker.
--
-- Locks: the steps it takes, skipping locked ones, then their tasks where one begins. It comes last in
-- its transaction and out of the order of locks, so it must not wait: `skip locked` does wait where a
-- row's last change is committed at this moment and the next is under way. After lock_timeout it gives
-- up what it took, and only that.
create or replace function tasker.claim_ready(p_worker_id int, p_limit int) returns tasker.step_key[]
language plpgsql
set search_path = '' set lock_timeout = '20ms'
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_claimed tasker.step_key[];
begin
  -- Most calls of a worker with few tasks find nothing: tell that without setting up what follows.
  if not exists (select from tasker.step s where s.ready_at <= v_now) then
    return '{}';
  end if;

  begin
    with picked as materialized (
      select s.task_id, s.step_no
      from tasker.step s
      where s.ready_at <= v_now
      order by s.ready_at
      limit p_limit
      for update skip locked
    ), claimed as (
      update tasker.step s
      set state = 'running', attempt = s.attempt + 1, worker_id = p_worker_id, ready_at = null,
          started_at = v_now, deadline_at = v_now + s.timeout_ms * interval '1 ms'
      from picked p
      where s.task_id = p.task_id and s.step_no = p.step_no
      returning s.task_id, s.step_no, s.attempt
    ), begun as (
      update tasker.task t set state = 'in_progress'
      from (select distinct c.task_id from claimed c order by c.task_id) b
      where t.task_id = b.task_id and t.state = 'pending'
      returning t.task_id
    ), log as (
      insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state)
      select v_now, b.task_id, null, null, p_worker_id, 'in_progress' from begun b
      union all
      select v_now, c.task_id, c.step_no, c.attempt, p_worker_id, 'running' from claimed c
    )
    select array_agg((c.task_id, c.step_no)::tasker.step_key) from claimed c into v_claimed;
  exception when lock_not_available then
    return '{}';
  end;
  return coalesce(v_claimed, '{}');
end
$$;
