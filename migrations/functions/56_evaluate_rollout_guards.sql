-- Evaluates the rollouts with a guard, and ends or pauses those that do worse than their guard allows, with an audit
-- row that states the figures. Returns how many. Any host may call it at any time; one at a time does the work.
-- Repeating it is harmless: an evaluated pin has no rollout, or a paused one.
--
-- tasker.guard_figures says what is compared. Times and sizes are compared at the 95th percentile, if both sides have enough
-- attempts and the difference is more than noise.
--
-- Locks: nothing while it reads; then the pins that it changes by (namespace_id, kind, target), then their
-- namespaces by id, then the registry's generation.
create or replace function tasker.evaluate_rollout_guards() returns int
language plpgsql
set search_path = '' set jit = off
as $$
declare
  -- Smaller differences are noise, regardless of the ratio.
  v_wall_noise_ms constant real := 10;
  v_cpu_noise_ms constant real := 5;
  v_memory_noise_kib constant int := 1024;
  v_changed int;
  v_namespaces int[];
begin
  if not exists (select from tasker.pin p where p.rollout_state = 'running' and p.guard is not null)
     or not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.evaluate_rollout_guards')) then
    return 0;
  end if;

  with guarded as materialized (
    select p.namespace_id, p.kind, p.target, n.name as namespace, p.kind || ' ' || p.target as pin,
           p.requirement, p.rollout_requirement, p.rollout_percent, p.rollout_started_at, p.guard,
           (p.guard->>'min_attempts')::int as min_attempts
    from tasker.pin p join tasker.namespace n using (namespace_id)
    where p.rollout_state = 'running' and p.guard is not null
  ), side as materialized (
    select f.* from tasker.guard_figures() f
  ), compared as (
    select g.*, n.attempts, n.failed_percent as failed, n.trapped_percent as trapped, n.wall_ms, n.cpu_ms, n.memory_kib,
           o.attempts as o_attempts, coalesce(o.failed_percent, 0) as o_failed,
           coalesce(o.trapped_percent, 0) as o_trapped,
           case when o.attempts >= g.min_attempts then o.wall_ms end as o_wall_ms,
           case when o.attempts >= g.min_attempts then o.cpu_ms end as o_cpu_ms,
           case when o.attempts >= g.min_attempts then o.memory_kib end as o_memory_kib
    from guarded g
    join side n on n.namespace_id = g.namespace_id and n.kind = g.kind and n.target = g.target and n.is_rollout
    join side o on o.namespace_id = g.namespace_id and o.kind = g.kind and o.target = g.target and not o.is_rollout
    where n.attempts >= g.min_attempts
  ), breach as (
    select c.*, coalesce(c.guard->>'action', w.action) as action, w.reason
    from compared c
    cross join lateral (
      select b.action, b.reason
      from (values
        (1, 'rollback', c.trapped - c.o_trapped > 100 * (c.guard->>'max_trap_rate')::numeric,
         format('%s %% of %s attempts on %s trapped or went over a limit, against %s %% of %s on %s; the guard allows %s points more',
                round(c.trapped, 1), c.attempts, c.rollout_requirement, round(c.o_trapped, 1), c.o_attempts,
                c.requirement, trim_scale(100 * (c.guard->>'max_trap_rate')::numeric))),
        (2, 'rollback', c.failed - c.o_failed > 100 * (c.guard->>'max_error_rate')::numeric,
         format('%s %% of %s attempts on %s failed, against %s %% of %s on %s; the guard allows %s points more',
                round(c.failed, 1), c.attempts, c.rollout_requirement, round(c.o_failed, 1), c.o_attempts,
                c.requirement, trim_scale(100 * (c.guard->>'max_error_rate')::numeric))),
        (3, 'pause', c.wall_ms > c.o_wall_ms * (c.guard->>'max_p95_ratio')::float8
                      and c.wall_ms - c.o_wall_ms > v_wall_noise_ms,
         format('95 %% of %s attempts on %s end within %s ms, against %s ms on %s; the guard allows %s times as much',
                c.attempts, c.rollout_requirement, round(c.wall_ms::numeric, 1), round(c.o_wall_ms::numeric, 1),
                c.requirement, trim_scale((c.guard->>'max_p95_ratio')::numeric))),
        (4, 'pause', c.memory_kib > c.o_memory_kib * (c.guard->>'max_memory_ratio')::float8
                      and c.memory_kib - c.o_memory_kib > v_memory_noise_kib,
         format('95 %% of %s attempts on %s stay within %s KiB of memory, against %s KiB on %s; the guard allows %s times as much',
                c.attempts, c.rollout_requirement, round(c.memory_kib), round(c.o_memory_kib), c.requirement,
                trim_scale((c.guard->>'max_memory_ratio')::numeric))),
        (5, 'pause', c.cpu_ms > c.o_cpu_ms * (c.guard->>'max_cpu_ratio')::float8
                      and c.cpu_ms - c.o_cpu_ms > v_cpu_noise_ms,
         format('95 %% of %s attempts on %s use up to %s ms of processor time, against %s ms on %s; the guard allows %s times as much',
                c.attempts, c.rollout_requirement, round(c.cpu_ms::numeric, 1), round(c.o_cpu_ms::numeric, 1),
                c.requirement, trim_scale((c.guard->>'max_cpu_ratio')::numeric)))
      ) b (rank, action, is_breached, reason)
      where b.is_breached
      order by b.rank
      limit 1
    ) w
  ), locked as materialized (
    select p.namespace_id, p.kind, p.target
    from tasker.pin p
    join breach v on p.namespace_id = v.namespace_id and p.kind = v.kind and p.target = v.target
    order by p.namespace_id, p.kind, p.target
    for update of p
  ), changed as (
    -- Only what still is as it was looked at; a rolled back pin has no rollout.
    update tasker.pin p
    set created_at = now(), created_by = 'host',
        rollout_requirement = case v.action when 'pause' then p.rollout_requirement end,
        rollout_percent = case v.action when 'pause' then p.rollout_percent end,
        rollout_started_at = case v.action when 'pause' then p.rollout_started_at end,
        guard = case v.action when 'pause' then p.guard end,
        rollout_state = case v.action when 'pause' then 'paused'::tasker.rollout_state end,
        paused_because = case v.action when 'pause' then v.reason end
    from locked k
    join breach v using (namespace_id, kind, target)
    where p.namespace_id = k.namespace_id and p.kind = k.kind and p.target = k.target
      and p.namespace_id = v.namespace_id and p.kind = v.kind and p.target = v.target
      and p.rollout_state = 'running' and p.rollout_started_at = v.rollout_started_at
    returning v.*
  ), logged as (
    insert into tasker.audit (actor, action, namespace, subject, reason, detail)
    select 'host', 'pin.' || c.action, c.namespace, 'pin ' || c.pin, c.reason,
           json_strip_nulls(json_build_object(
             'from', c.requirement, 'to', c.requirement,
             'rollout_from', json_build_object('requirement', c.rollout_requirement,
                                            'percent', c.rollout_percent::numeric, 'state', 'running'),
             'rollout_to', case c.action when 'pause' then
                          json_build_object('requirement', c.rollout_requirement,
                                            'percent', c.rollout_percent::numeric, 'state', 'paused') end,
             'guard', c.guard,
             'figures', json_build_object(
               'rollout', json_build_object(
                 'attempts', c.attempts, 'failed_percent', round(c.failed, 2),
                 'trapped_percent', round(c.trapped, 2), 'wall_ms', c.wall_ms, 'cpu_ms', c.cpu_ms,
                 'memory_kib', c.memory_kib),
               'base', json_build_object(
                 'attempts', c.o_attempts, 'failed_percent', round(c.o_failed, 2),
                 'trapped_percent', round(c.o_trapped, 2), 'wall_ms', c.o_wall_ms, 'cpu_ms', c.o_cpu_ms,
                 'memory_kib', c.o_memory_kib))))
    from changed c
    returning 1
  )
  select count(*), array_agg(distinct c.namespace_id) from changed c into v_changed, v_namespaces;

  if v_changed > 0 then
    perform from tasker.namespace n where n.namespace_id = any (v_namespaces)
    order by n.namespace_id for no key update;
    update tasker.namespace n set revision = n.revision + 1 where n.namespace_id = any (v_namespaces);
    update tasker.registry_generation set generation = generation + 1;
  end if;
  return v_changed;
end
$$;
