-- Records the results of a batch of attempts, releases the steps that waited for them, and claims up to p_claim
-- of those for the same worker in the update that releases them, unless their namespace is paused. Where it has a limit
-- of running steps, one of those that a step releases takes over its slot, and the others are left.
--
-- Takes parallel arrays, one element per lease; p_usage has the ledger's entry of each; p_events has the events of
-- each, as tasker.send_events takes them. An element whose lease is stale (another worker has the step, or the
-- attempt has ended) changes nothing: repeating a call is harmless.
--
-- Returns what it claimed: leases, their locks, and the revisions of their namespaces, read after the claim. It does
-- not return the input of the task, because the reporting worker has it. So rows are few and small, and no data of a
-- claimed step can make the call fail. If it left released steps ready, or if watched tasks ended, one more
-- row with a null lease states so.
--
-- The time of each row is read when the row is locked (see tasker.fixed_clock), so that no step starts before the
-- end of a parent that another worker completes at the same time.
--
-- Locks: the steps of the batch by (task_id, step_no), their children in the same order, then, if a sink or a step
-- of a failing task completed, tasks by id.
create or replace function tasker.complete_steps(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt int[], p_result text[],
  p_claim int, p_usage tasker.usage[] default null, p_events tasker.event[] default null
) returns table (
  task_id uuid, step_no smallint, attempt int, lock_id int, revision bigint, is_left_ready bool, ended uuid[]
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_fixed constant timestamptz := tasker.fixed_clock();
  v_paused int[];
  v_limited int[];
  v_finished_at timestamptz;
  v_claimed tasker.step_key[];
  v_parents smallint[];
  v_queued tasker.queue[];
  v_sinks uuid[];
  v_failing uuid[];
  v_ended uuid[];
begin
  select coalesce(array_agg(r.namespace_id) filter (where r.is_paused), '{}'),
         coalesce(array_agg(r.namespace_id) filter (where r.max_running is not null), '{}'),
         -- A worker that was declared dead may still report what it did, but it gets nothing more.
         coalesce((select p_claim from tasker.worker w where w.worker_id = p_worker_id and w.stopped_at is null), 0)
  into v_paused, v_limited, p_claim
  from tasker.queue_rule r where r.is_paused or r.max_running is not null;
  if cardinality(p_events) > 0 then
    perform tasker.send_events(p_worker_id, p_task_id, p_step_no, p_attempt, p_events);
  end if;

  with batch as materialized (
    select u.*
    from unnest(p_task_id, p_step_no, p_attempt, p_result, p_usage)
      as u (task_id, step_no, attempt, result, component_version_id, wall_ms, cpu_ms, host_ms,
            memory_kib, in_bytes, out_bytes, http_requests)
    order by u.task_id, u.step_no
  ), done as (
    update tasker.step s
    set state = 'complete', result = b.result::json, error = null,
        finished_at = greatest(coalesce(v_fixed, pg_catalog.clock_timestamp()), s.started_at)
    from batch b
    where s.task_id = b.task_id and s.step_no = b.step_no
      and s.state = 'running' and s.worker_id = p_worker_id and s.attempt = b.attempt
    returning s.task_id, s.step_no, s.attempt, s.finished_at, s.is_sink, s.is_task_failing, s.namespace_id,
              s.template_version_id, b.component_version_id,
              b.wall_ms, b.cpu_ms, b.host_ms, b.memory_kib, b.in_bytes, b.out_bytes, b.http_requests
  ), child as materialized (
    select d.task_id, e.to_no, count(*)::int as parents, min(d.step_no) as parent,
           -- None of a paused namespace is claimed, and of one with a limit the first that takes over a slot.
           row_number() over (order by d.task_id, e.to_no)
             + case when min(d.namespace_id) = any (v_paused) then 2147483647
                    when min(d.namespace_id) = any (v_limited) and not tasker.hands_slot_on(
                      min(d.namespace_id), min(d.template_version_id), d.task_id, min(d.step_no), e.to_no)
                    then 2147483647
                    else 0 end as rank
    from done d
    join tasker.dependency e on e.template_version_id = d.template_version_id and e.from_no = d.step_no
    group by d.task_id, e.to_no
    order by d.task_id, e.to_no
  ), released as (
    update tasker.step s
    set remaining_deps = s.remaining_deps - c.parents,
        state = case when s.remaining_deps > c.parents then 'waiting'::tasker.step_state
                     when c.rank <= p_claim then 'running'::tasker.step_state
                     else 'ready'::tasker.step_state end,
        ready_at = case when s.remaining_deps = c.parents and c.rank > p_claim
                        then coalesce(v_fixed, pg_catalog.clock_timestamp()) end,
        attempt = case when s.remaining_deps = c.parents and c.rank <= p_claim then 1 else 0 end,
        worker_id = case when s.remaining_deps = c.parents and c.rank <= p_claim then p_worker_id end,
        started_at = case when s.remaining_deps = c.parents and c.rank <= p_claim
                          then coalesce(v_fixed, pg_catalog.clock_timestamp()) end,
        deadline_at = case when s.remaining_deps = c.parents and c.rank <= p_claim
                           then coalesce(v_fixed, pg_catalog.clock_timestamp()) + s.timeout_ms * interval '1 ms' end
    from child c
    where s.task_id = c.task_id and s.step_no = c.to_no and s.state = 'waiting'
      and s.remaining_deps >= c.parents
    returning s.task_id, s.step_no, s.attempt, s.state, s.namespace_id, s.lane, s.ready_at, c.parent,
              coalesce(s.started_at, s.ready_at) as at
  ), log as (
    insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state, component_version_id,
                                   wall_ms, cpu_ms, host_ms, memory_kib, in_bytes, out_bytes, http_requests)
    select d.finished_at, d.task_id, d.step_no, d.attempt, p_worker_id, 'complete', d.component_version_id,
           d.wall_ms, d.cpu_ms, d.host_ms, d.memory_kib, d.in_bytes, d.out_bytes, d.http_requests
    from done d
    union all
    select r.at, r.task_id, r.step_no, r.attempt, p_worker_id, r.state::text,
           null, null, null, null, null, null, null, null
    from released r where r.state <> 'waiting'
  )
  select r.claimed, r.parents, r.queued, d.sinks, d.failing, d.finished_at
  into v_claimed, v_parents, v_queued, v_sinks, v_failing, v_finished_at
  from (select array_agg((r.task_id, r.step_no)::tasker.step_key) filter (where r.state = 'running') as claimed,
               array_agg(r.parent) filter (where r.state = 'running' and v_limited <> '{}') as parents,
               array_agg((r.namespace_id, r.ready_at, r.task_id, r.step_no, r.lane)::tasker.queue)
                 filter (where r.state = 'ready') as queued
        from released r) r,
       (select array_agg(d.task_id) filter (where d.is_sink) as sinks,
               array_agg(d.task_id) filter (where d.is_task_failing) as failing,
               max(d.finished_at) as finished_at
        from done d) d;

  if v_queued is not null then
    insert into tasker.queue select * from unnest(v_queued);
  end if;

  if v_parents is not null then
    perform tasker.pass_slots(v_limited, v_claimed, v_parents);
  end if;
  if v_failing is not null then
    -- Both calls below lock tasks: all of them first, in the one order.
    perform from tasker.task t where t.task_id = any (v_sinks || v_failing) order by t.task_id for update;
  end if;
  if v_sinks is not null then
    v_ended := tasker.complete_tasks(v_sinks, v_finished_at);
  end if;
  if v_failing is not null then
    v_ended := v_ended || tasker.fail_tasks(v_failing, v_finished_at);
  end if;
  if v_queued is not null or v_ended is not null then
    return query
      select null::uuid, null::smallint, null::int, null::int, null::bigint, v_queued is not null, v_ended;
  end if;
  if v_claimed is not null then
    -- A statement of its own, so that it sees the lock to which a task was moved while a step was waited for.
    return query
      select k.task_id, k.step_no, 1, t.lock_id, coalesce(n.revision, 0), null::bool, null::uuid[]
      from unnest(v_claimed) k
      join tasker.task t on t.task_id = k.task_id
      left join tasker.namespace n on n.namespace_id = t.namespace_id;
  end if;
end
$$;
