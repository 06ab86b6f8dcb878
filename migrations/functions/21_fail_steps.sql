-- Records failed attempts: each step is retried later by its retry policy, or is in `error` for good. Independent
-- branches of a task with a step that failed for good continue to their end.
--
-- Takes parallel arrays, one element per lease; p_error is JSON text {kind, code, message, …}; p_is_permanent
-- forbids another attempt; p_retry_after_ms, if not null, is the earliest time that the handler set, within a year;
-- p_usage has the ledger's entry of each. A null worker matches any worker that has the lease; only the reaper uses
-- it. An element whose lease is stale changes nothing: repeating a call is harmless. Returns one row: the
-- milliseconds until the first of these steps is due again, null if none is; and the watched tasks that ended.
--
-- Locks: the steps of the batch and, for tasks in which one fails for good, all their unfinished steps, by
-- (task_id, step_no); then tasks by id.
create or replace function tasker.fail_steps(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt int[], p_error text[],
  p_is_permanent bool[], p_retry_after_ms bigint[], p_usage tasker.usage[] default null
) returns table (due_ms bigint, ended uuid[])
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now timestamptz;
  v_retry_after_max_ms constant bigint := 365 * 24 * 60 * 60 * 1000::bigint;
  v_failed uuid[];
  v_due_ms bigint;
  v_ended uuid[];
begin
  perform tasker.lock_failing_steps(p_task_id, p_step_no, p_is_permanent);
  v_now := tasker.clock();

  with batch as materialized (
    select * from unnest(p_task_id, p_step_no, p_attempt, p_error, p_is_permanent, p_retry_after_ms, p_usage)
      as u (task_id, step_no, attempt, error, is_permanent, retry_after_ms, component_version_id,
            wall_ms, cpu_ms, host_ms, memory_kib, in_bytes, out_bytes, http_requests)
    order by u.task_id, u.step_no
  ), held as materialized (
    select b.task_id, b.step_no, b.error::json as error, b.component_version_id, b.wall_ms, b.cpu_ms,
           b.host_ms, b.memory_kib, b.in_bytes, b.out_bytes, b.http_requests,
           b.is_permanent or s.attempt - s.free_attempts >= st.max_attempts
             or s.attempt >= tasker.attempts_max() as is_final,
           v_now + interval '1 ms' * case
             when b.retry_after_ms is not null then least(greatest(b.retry_after_ms, 0), v_retry_after_max_ms)
             else tasker.backoff_ms(st.backoff, st.backoff_base_ms, st.backoff_max_ms, st.jitter,
                                    s.attempt - s.free_attempts, random())
           end as retry_at
    from batch b
    join tasker.step s on s.task_id = b.task_id and s.step_no = b.step_no
     and s.state = 'running' and s.worker_id = coalesce(p_worker_id, s.worker_id) and s.attempt = b.attempt
    join tasker.task t on t.task_id = b.task_id
    join tasker.step_template st on st.template_version_id = t.template_version_id and st.step_no = b.step_no
  ), failed as (
    update tasker.step s
    set state = case when h.is_final then 'error'::tasker.step_state
                     else 'waiting_for_retry'::tasker.step_state end,
        ready_at = case when not h.is_final then h.retry_at end,
        finished_at = case when h.is_final then greatest(v_now, s.started_at) end,
        lane = s.lane - s.lane % tasker.lane_width(),
        error = h.error
    from held h
    where s.task_id = h.task_id and s.step_no = h.step_no
    returning s.task_id, s.step_no, s.attempt, s.worker_id, s.state, s.namespace_id, s.lane, s.ready_at, s.finished_at,
              s.error,
              h.component_version_id, h.wall_ms, h.cpu_ms, h.host_ms, h.memory_kib, h.in_bytes,
              h.out_bytes, h.http_requests
  ), log as (
    insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state, detail,
                                   component_version_id, wall_ms, cpu_ms, host_ms, memory_kib,
                                   in_bytes, out_bytes, http_requests)
    select coalesce(f.finished_at, v_now), f.task_id, f.step_no, f.attempt, f.worker_id, f.state::text, f.error,
           f.component_version_id, f.wall_ms, f.cpu_ms, f.host_ms, f.memory_kib, f.in_bytes,
           f.out_bytes, f.http_requests
    from failed f
  ), queued as (
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select f.namespace_id, f.lane, f.ready_at, f.task_id, f.step_no from failed f where f.ready_at is not null
  )
  select array_agg(distinct f.task_id) filter (where f.state = 'error'),
         ceil(extract(epoch from min(f.ready_at) - v_now) * 1000)
  from failed f into v_failed, v_due_ms;

  if v_failed is not null then
    perform tasker.mark_failing(v_failed);
    v_ended := tasker.fail_tasks(v_failed, v_now);
  end if;
  return query select v_due_ms, v_ended;
end
$$;
