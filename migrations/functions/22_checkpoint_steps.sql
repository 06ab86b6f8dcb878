-- Stores the checkpoints of handlers, and makes their steps ready to be called again. Such an attempt does not
-- count against max_attempts; at tasker.attempts_max the step fails for good.
--
-- Takes parallel arrays, one element per lease; p_usage has the ledger's entry of each; p_events has the events of
-- those that do not fail, as tasker.send_events takes them. An element whose lease is stale changes nothing:
-- repeating a call is harmless. Locks: the steps of the batch by (task_id, step_no); if one fails, as
-- tasker.fail_steps.
create or replace function tasker.checkpoint_steps(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt int[], p_checkpoint text[],
  p_usage tasker.usage[] default null, p_events tasker.event[] default null
) returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now timestamptz;
  v_is_last constant bool[] := array(
    select a.attempt >= tasker.attempts_max() from unnest(p_attempt) with ordinality as a (attempt, ord) order by a.ord);
begin
  if true = any (v_is_last) then
    -- All locks before the first change, in the one order.
    perform tasker.lock_failing_steps(p_task_id, p_step_no, v_is_last);
    perform tasker.fail_steps(
      p_worker_id, array_agg(u.task_id), array_agg(u.step_no), array_agg(u.attempt),
      array_agg('{"kind": "over_limit", "code": "too_many_attempts", "message": "the handler left a checkpoint too often"}'::text),
      array_agg(true), array_agg(null::bigint))
    from unnest(p_task_id, p_step_no, p_attempt) as u (task_id, step_no, attempt)
    where u.attempt >= tasker.attempts_max();
  end if;
  if cardinality(p_events) > 0 then
    perform tasker.send_events(p_worker_id, p_task_id, p_step_no, p_attempt, p_events);
  end if;
  v_now := tasker.clock();

  with batch as materialized (
    select * from unnest(p_task_id, p_step_no, p_attempt, p_checkpoint, p_usage)
      as u (task_id, step_no, attempt, checkpoint, component_version_id, wall_ms, cpu_ms, host_ms,
            memory_kib, in_bytes, out_bytes, http_requests)
    order by u.task_id, u.step_no
  ), kept as (
    update tasker.step s
    set state = 'ready', ready_at = v_now, checkpoint = b.checkpoint::json, free_attempts = s.free_attempts + 1
    from batch b
    where s.task_id = b.task_id and s.step_no = b.step_no
      and s.state = 'running' and s.worker_id = p_worker_id and s.attempt = b.attempt
    returning s.task_id, s.step_no, s.attempt, s.namespace_id, s.lane, b.component_version_id, b.wall_ms, b.cpu_ms, b.host_ms,
              b.memory_kib, b.in_bytes, b.out_bytes, b.http_requests
  ), queued as (
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select k.namespace_id, k.lane, v_now, k.task_id, k.step_no from kept k
  )
  insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state, detail,
                                 component_version_id, wall_ms, cpu_ms, host_ms, memory_kib,
                                 in_bytes, out_bytes, http_requests)
  select v_now, k.task_id, k.step_no, k.attempt, p_worker_id, 'ready', '{"reason": "checkpoint"}',
         k.component_version_id, k.wall_ms, k.cpu_ms, k.host_ms, k.memory_kib, k.in_bytes, k.out_bytes,
         k.http_requests
  from kept k;
end
$$;
