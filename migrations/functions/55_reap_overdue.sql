-- Gives back attempts whose deadline passed more than p_grace ago and that their own worker, the caller, does not
-- know. Such an attempt does not count against max_attempts. Returns how many it found; attempts that are reported
-- before they are locked stay as reported.
--
-- The host enforces the deadline, by its own monotonic clock and from the moment when the sandbox starts the
-- attempt. `deadline_at` is the deadline if the attempt began when it was claimed. After it the database asks the
-- worker (p_keep_… is everything that it runs or has yet to report). The database ends no attempt itself, because
-- it cannot distinguish an attempt that runs too long from a report that cannot get through.
--
-- Reads every step of the tasks in progress, so call it at most every half minute. Locks: as
-- tasker.give_back_steps. Idempotent.
create or replace function tasker.reap_overdue(
  p_worker_id int, p_keep_task_id uuid[], p_keep_step_no smallint[], p_keep_attempt smallint[], p_grace interval
) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_overdue record;
begin
  select array_agg(s.task_id) as task_id, array_agg(s.step_no) as step_no, array_agg(s.attempt) as attempt,
         array_agg(0::bigint) as delay_ms,
         array_agg('{"kind": "host", "code": "forgotten", "message": "the worker had no record of the lease"}'::text) as error
  into v_overdue
  from tasker.task t
  join tasker.step s on s.task_id = t.task_id
  where t.finished_at is null and t.state = 'in_progress' and s.state = 'running'
    and s.worker_id = p_worker_id and s.deadline_at < v_now - p_grace
    and not exists (select from unnest(p_keep_task_id, p_keep_step_no, p_keep_attempt) as k (task_id, step_no, attempt)
                    where k.task_id = s.task_id and k.step_no = s.step_no and k.attempt = s.attempt);

  if v_overdue.task_id is null then
    return 0;
  end if;
  perform tasker.give_back_steps(
    p_worker_id, v_overdue.task_id, v_overdue.step_no, v_overdue.attempt, v_overdue.delay_ms, v_overdue.error);
  perform pg_catalog.pg_notify('tasker_ready', '');
  return cardinality(v_overdue.task_id);
end
$$;
