-- The rule of collection, in one place: the versions of components that may lose their bytes. All of this must be
-- true:
--
-- - No resolution would choose it: it is not in p_wanted. The caller passes there what a new task would take now by
--   any template that is not yanked, with and without the pins of its namespace and on both sides of their rollouts;
--   what a pin resolves to, also if nothing were yanked; the target of its rollback, by an operator or because its
--   version is ineligible; and the default of each component. It is an argument, because the host resolves ranges.
-- - It is active or yanked. Versions that wait for approval or are quarantined may be given to tasks later.
-- - It is not in use: no open task has it in its lock, and no attempt of it is under way in a task that was moved to
--   another lock.
-- - It is old: published, first resolved by a lock, and last used (tasker.last_use) more than p_older_than before
--   p_now.
--
-- p_among limits the result to these; null means all. Reads only: tasker.collect_versions keeps the result valid
-- while it acts on it. Its cost grows with versions, locks and open tasks, but not with finished tasks or the log.
create or replace function tasker.collectable_versions(
  p_now timestamptz, p_older_than interval, p_wanted int[], p_among int[] default null
) returns table (component_version_id int)
language sql stable
set search_path = '' set enable_seqscan = off set jit = off
as $$
  with old as materialized (
    select v.component_version_id
    from tasker.component_version v
    left join tasker.last_use u on u.kind = 'component' and u.version_id = v.component_version_id
    where v.collected_at is null
      and v.status in ('active', 'yanked')
      and greatest(coalesce(v.restored_at, v.created_at), u.used_at) <= p_now - p_older_than
      and v.component_version_id <> all (p_wanted)
      and (p_among is null or v.component_version_id = any (p_among))
      and not exists (select from tasker.quarantine q where q.digest = v.digest)
  ), in_use as materialized (
    select distinct t.lock_id from tasker.task t where t.finished_at is null
  ), under_way as materialized (
    select a.component_version_id
    from tasker.superseded_attempt a
    cross join lateral (
      select from tasker.step s
      where s.task_id = a.task_id and s.step_no = a.step_no and s.attempt = a.attempt and s.state = 'running'
      -- Keeps the planner from reading all steps for the few of these.
      offset 0
    ) s
  ), held as (
    select e.component_version_id
    from tasker.lock_entry e
    join tasker.lock l using (lock_id)
    where e.component_version_id in (select o.component_version_id from old o)
      and (l.created_at > p_now - p_older_than or l.lock_id in (select k.lock_id from in_use k))
    union
    select w.component_version_id from under_way w
  )
  select o.component_version_id from old o
  where o.component_version_id not in (select h.component_version_id from held h)
$$;
