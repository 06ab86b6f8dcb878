-- What the guard of a rollout compares: two rows for each rollout, one for the attempts of the tasks on it and one for those of
-- the others. Of all running rollouts that have a guard or, with the key of a pin, of its rollout alone, whether that is paused
-- or has a guard or not.
--
-- Attempts count that ended within the guard's window (an hour without a guard), of tasks of the pin's namespace that were
-- created since the rollout began: those whose lock names the rollout, and those whose lock does not. For a component only
-- attempts of its own versions count, and the kept runs of its subscribers for subscriptions of the namespace as well. An attempt
-- that failed because of the host counts as neither good nor bad. Percents, and what is at the 95th percentile, are null where
-- there are no attempts.
--
-- Locks: nothing. Reads what ended in the longest of the windows.
create or replace function tasker.guard_figures(
  p_namespace_id int default null, p_kind tasker.pin_kind default null, p_target text default null
)
returns table (
  namespace_id int, kind tasker.pin_kind, target text, since timestamptz, is_rollout boolean, attempts bigint,
  failed_percent numeric, trapped_percent numeric, wall_ms double precision, cpu_ms double precision, memory_kib double precision
)
language plpgsql stable
set search_path = '' set jit = off
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := tasker.clock();
  v_unguarded_window constant text := '1 hour';
  v_since timestamptz;
begin
  select min(greatest(p.rollout_started_at, v_now - coalesce(p.guard->>'window', v_unguarded_window)::interval)) into v_since
  from tasker.pin p
  where case when p_namespace_id is null then p.rollout_state = 'running' and p.guard is not null
             else p.namespace_id = p_namespace_id and p.kind = p_kind and p.target = p_target end;

  if v_since is null then
    return;
  end if;

  return query
  with watched as materialized (
    select p.namespace_id, p.kind, p.target, p.kind || ' ' || p.target as pin, p.rollout_started_at,
           greatest(p.rollout_started_at, v_now - coalesce(p.guard->>'window', v_unguarded_window)::interval) as since,
           (select c.component_id
            from tasker.component c join tasker.namespace o on o.namespace_id = c.namespace_id
            where p.kind = 'component'
              and o.name = case when p.target like '%/%' then split_part(p.target, '/', 1) else n.name end
              and c.name = split_part(p.target, '/', case when p.target like '%/%' then 2 else 1 end)) as component_id,
           (select t.template_id from tasker.template t
            where p.kind = 'template' and t.namespace_id = p.namespace_id and t.name = p.target) as template_id
    from tasker.pin p join tasker.namespace n using (namespace_id)
    where p.rollout_started_at is not null
      and case when p_namespace_id is null then p.rollout_state = 'running' and p.guard is not null
               else p.namespace_id = p_namespace_id and p.kind = p_kind and p.target = p_target end
  ), attempt as (
    select w.namespace_id, w.pin, w.pin = any (l.rollouts) as is_rollout, r.wall_ms, r.cpu_ms, r.memory_kib,
           case when r.to_state in ('error', 'waiting_for_retry') then r.detail->>'kind' end as failure
    from tasker.every_transition r
    join tasker.component_version v on v.component_version_id = r.component_version_id
    join tasker.every_task t on t.task_id = r.task_id
    join tasker.lock l on l.lock_id = t.lock_id
    join watched w on w.namespace_id = t.namespace_id and r.at >= w.since and t.created_at >= w.rollout_started_at
     and (v.component_id = w.component_id or t.template_id = w.template_id)
    where r.at >= v_since and r.at <= v_now and r.component_version_id is not null
    union all
    select w.namespace_id, w.pin, w.pin = any (r.rollouts), r.wall_ms, r.cpu_ms, r.memory_kib, r.failure_kind
    from watched w
    join tasker.component_version v on v.component_id = w.component_id
    join tasker.subscriber_run r
      on r.component_version_id = v.component_version_id and r.at >= w.since and r.at <= v_now
    join tasker.subscription s on s.subscription_id = r.subscription_id and s.namespace_id = w.namespace_id
  ), side as (
    select a.namespace_id, a.pin, a.is_rollout, count(*) as attempts,
           100.0 * count(a.failure) / count(*) as failed,
           100.0 * count(*) filter (where a.failure in ('trapped', 'over_limit')) / count(*) as trapped,
           percentile_cont(0.95) within group (order by a.wall_ms) as wall_ms,
           percentile_cont(0.95) within group (order by a.cpu_ms) as cpu_ms,
           percentile_cont(0.95) within group (order by a.memory_kib) as memory_kib
    from attempt a
    where a.failure is null or a.failure in ('failed', 'trapped', 'timed_out', 'over_limit')
    group by a.namespace_id, a.pin, a.is_rollout
  )
  select w.namespace_id, w.kind, w.target, w.since, x.is_rollout, coalesce(s.attempts, 0), s.failed, s.trapped, s.wall_ms,
         s.cpu_ms, s.memory_kib
  from watched w
  cross join (values (true), (false)) x (is_rollout)
  left join side s on s.namespace_id = w.namespace_id and s.pin = w.pin and s.is_rollout = x.is_rollout;
end
$$;
