-- Cancels open tasks: none of their steps starts any more, and reports of running ones change nothing. Returns one row
-- per cancelled task.
--
-- Locks: all unfinished steps of the tasks by (task_id, step_no), then the tasks by id. Idempotent.
create or replace function tasker.cancel_tasks(p_task_id uuid[], p_reason text)
returns table (task_id uuid)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now timestamptz;
  v_cancelled uuid[];
  v_watched uuid[];
begin
  perform from tasker.step s
  where s.task_id = any (p_task_id) and s.finished_at is null
  order by s.task_id, s.step_no for update;
  perform from tasker.task t
  where t.task_id = any (p_task_id) and t.finished_at is null
  order by t.task_id for update;
  v_now := tasker.clock();

  with cancelled as (
    update tasker.task t
    set state = 'cancelled', finished_at = v_now, error = json_build_object('reason', p_reason)
    where t.task_id = any (p_task_id) and t.finished_at is null
    returning t.task_id, t.is_watched
  ), log as (
    insert into tasker.transition (at, task_id, to_state, detail)
    select v_now, c.task_id, 'cancelled', json_build_object('reason', p_reason) from cancelled c
  )
  select array_agg(c.task_id), array_agg(c.task_id) filter (where c.is_watched)
  from cancelled c into v_cancelled, v_watched;

  with unfinished as materialized (
    select s.task_id, s.step_no, s.namespace_id, s.lane, s.ready_at
    from tasker.step s
    where s.task_id = any (v_cancelled) and s.finished_at is null
  ), ended as (
    update tasker.step s set state = 'cancelled', ready_at = null, finished_at = v_now
    from unfinished u
    where s.task_id = u.task_id and s.step_no = u.step_no
    returning s.task_id, s.step_no, s.attempt
  ), unqueued as (
    delete from tasker.queue q
    using unfinished u
    where q.namespace_id = u.namespace_id and q.lane = u.lane and q.ready_at = u.ready_at
      and q.task_id = u.task_id and q.step_no = u.step_no
  ), resumed as (
    delete from tasker.suspended_step x
    using unfinished u
    where x.task_id = u.task_id and x.step_no = u.step_no
  )
  insert into tasker.transition (at, task_id, step_no, attempt, to_state)
  select v_now, e.task_id, e.step_no, e.attempt, 'cancelled' from ended e;

  if v_watched is not null then
    perform pg_catalog.pg_notify('tasker_ended', w.task_id::text) from unnest(v_watched) as w (task_id);
  end if;
  return query select c.task_id from unnest(v_cancelled) as c (task_id);
end
$$;
