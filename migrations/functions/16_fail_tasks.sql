-- Fails those of the tasks that have a step in `error` and no step that could run: branches that do not depend on
-- the failed step end first. Records the first failed step and its error. A task ends now, and not before p_now.
-- Returns those that ended and are watched, null if none.
--
-- Locks: tasks by id; the caller locks no step afterwards. Idempotent.
create or replace function tasker.fail_tasks(p_task_id uuid[], p_now timestamptz) returns uuid[]
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now timestamptz;
  v_watched uuid[];
begin
  perform from tasker.task t where t.task_id = any (p_task_id) order by t.task_id for update;
  v_now := greatest(p_now, tasker.clock());

  -- A new statement: it sees what the transaction that held the lock before committed.
  with failed as (
    update tasker.task t
    set state = 'error', finished_at = v_now, error = f.error
    from (select distinct u.task_id from unnest(p_task_id) as u (task_id)) k
    cross join lateral (
      select json_build_object('step', st.name, 'code', s.error ->> 'code', 'message', s.error ->> 'message') as error
      from tasker.step s
      join tasker.task tt on tt.task_id = s.task_id
      join tasker.step_template st on st.template_version_id = tt.template_version_id and st.step_no = s.step_no
      where s.task_id = k.task_id and s.state = 'error'
      order by s.finished_at, s.step_no
      limit 1
    ) f
    where t.task_id = k.task_id and t.state in ('pending', 'in_progress')
      and not exists (
        select from tasker.step s
        where s.task_id = k.task_id
          and s.state in ('ready', 'running', 'waiting_for_retry', 'waiting_for_event'))
    returning t.task_id, t.is_watched, t.error
  ), log as (
    insert into tasker.transition (at, task_id, to_state, detail)
    select v_now, f.task_id, 'error', f.error from failed f
  )
  select array_agg(f.task_id) from failed f where f.is_watched into v_watched;
  return v_watched;
end
$$;
