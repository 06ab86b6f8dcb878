-- Creates tasks with their steps, ready to be claimed, in one statement per table.
--
-- Takes parallel arrays, one element per task. Returns one row per element, in no order: `ord` is the
-- element's position from 1. If a task of the same template already has the same identity key, nothing is
-- created and its id is returned with `created` false; `same_input` states whether it has the same input. A
-- repeated call returns the tasks that the first one created.
--
-- Sends no notification: transactions that notify commit one after the other, with the flush of the log. The host
-- that called sends a hint after the commit; so do the hosts that report.
--
-- p_lane has the lane of each task in the queue: priority * tasker.lane_width(), and the hash of its queue key if it has
-- one. Null is that of tasker.default_priority(), without a key.
--
-- A lock that names a collected version is refused (TA001): resolve again. So is a call that meets an identity whose task
-- or key is deleted at that moment.
--
-- p_traceparent has the trace contexts that came with the submits, or is null if none did; p_tags has their tags, each
-- task's as the text of an array, or is null if there are none.
--
-- An id whose time no partition has fails the call (23514): only the clock of a host that is wrong makes one.
--
-- Locks: the collection of versions, shared; then the new rows, in the order of their identities. Waits for a
-- concurrent submit of the same identity. Idempotent.
create or replace function tasker.create_tasks(
  p_task_id uuid[], p_namespace_id int[], p_template_id int[], p_template_version_id int[],
  p_lock_id int[], p_input text[], p_identity_key text[], p_correlation_id text[], p_is_watched bool[],
  p_lane smallint[] default null, p_traceparent text[] default null, p_tags text[] default null
) returns table (ord bigint, task_id uuid, created bool, same_input bool, created_at timestamptz)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_created uuid[];
  v_found int;
  v_known int;
begin
  -- Has tasker.collect_versions wait for this transaction, or this for that: then the lock is stale.
  perform pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtext('tasker.create_tasks'));
  if exists (select from tasker.lock l where l.lock_id = any (p_lock_id) and l.is_stale) then
    raise exception 'the lock names a version that was collected since it was resolved'
      using errcode = 'TA001', hint = 'Resolve again.';
  end if;

  with asked as materialized (
    select * from unnest(p_task_id, p_namespace_id, p_template_id, p_template_version_id, p_lock_id,
                         p_input, p_identity_key, p_correlation_id, p_is_watched, p_lane, p_traceparent, p_tags)
      as u (task_id, namespace_id, template_id, template_version_id, lock_id,
            input, identity_key, correlation_id, is_watched, lane, traceparent, tags)
  ), sinks as materialized (
    select st.template_version_id, count(*)::int as sinks
    from tasker.step_template st
    where st.is_sink and st.template_version_id in (select a.template_version_id from asked a)
    group by st.template_version_id
  ), identified as (
    insert into tasker.identity (template_id, identity_key, task_id)
    select a.template_id, a.identity_key, a.task_id
    from asked a
    where a.identity_key is not null
    order by a.template_id, a.identity_key, a.task_id
    on conflict do nothing
    returning identity.task_id
  ), created as (
    insert into tasker.task (task_id, namespace_id, template_id, template_version_id, lock_id,
                             remaining_sinks, input, identity_key, correlation_id, is_watched, created_at, lane,
                             traceparent, tags)
    select a.task_id, a.namespace_id, a.template_id, a.template_version_id, a.lock_id,
           s.sinks, a.input::json, a.identity_key, a.correlation_id, a.is_watched, v_now,
           coalesce(a.lane, tasker.default_priority() * tasker.lane_width()), a.traceparent, a.tags::text[]
    from asked a join sinks s using (template_version_id)
    where a.identity_key is null or a.task_id in (select i.task_id from identified i)
    order by a.task_id
    on conflict do nothing
    returning task.task_id, task.namespace_id, task.template_version_id, task.lane, task.tags
  ), steps as (
    insert into tasker.step (task_id, step_no, namespace_id, template_version_id, state, remaining_deps, is_sink, timeout_ms, ready_at,
                             lane)
    select c.task_id, st.step_no, c.namespace_id, c.template_version_id,
           case st.parents when 0 then 'ready'::tasker.step_state else 'waiting'::tasker.step_state end,
           st.parents, st.is_sink, st.timeout_ms,
           case st.parents when 0 then v_now end, c.lane
    from created c join tasker.step_template st using (template_version_id)
    returning step.namespace_id, step.lane, step.ready_at, step.task_id, step.step_no
  ), queued as (
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select s.namespace_id, s.lane, s.ready_at, s.task_id, s.step_no from steps s where s.ready_at is not null
  ), tagged as (
    insert into tasker.task_tag (namespace_id, tag, task_id)
    select c.namespace_id, g.tag, c.task_id from created c cross join unnest(c.tags) as g (tag)
  ), log as (
    insert into tasker.transition (at, task_id, to_state)
    select v_now, c.task_id, 'pending' from created c
  )
  select coalesce(array_agg(c.task_id), '{}') into v_created from created c;

  return query
    select u.ord, u.task_id, true, true, v_now
    from unnest(p_task_id) with ordinality as u (task_id, ord)
    where cardinality(v_created) = cardinality(p_task_id) or u.task_id = any (v_created);

  if cardinality(v_created) < cardinality(p_task_id) then
    -- A new statement, so that it sees the task whose concurrent creation was waited for.
    return query
      select u.ord, t.task_id, false, t.input::text = u.input, t.created_at
      from unnest(p_task_id, p_template_id, p_identity_key, p_input)
             with ordinality as u (task_id, template_id, identity_key, input, ord)
      join tasker.identity i on i.template_id = u.template_id and i.identity_key = u.identity_key
      join tasker.every_task t on t.task_id = i.task_id
      where u.task_id <> all (v_created)
      union all
      select u.ord, t.task_id, false, t.input::text = u.input, t.created_at
      from unnest(p_task_id, p_identity_key, p_input) with ordinality as u (task_id, identity_key, input, ord)
      join tasker.task t on t.task_id = u.task_id
      where u.identity_key is null and u.task_id <> all (v_created);
    get diagnostics v_found = row_count;
    v_known := cardinality(v_created) + v_found;
    if v_known < cardinality(p_task_id) then
      raise exception 'a task or an idempotency key that the call met was deleted meanwhile'
        using errcode = 'TA001', hint = 'Call again.';
    end if;
  end if;
end
$$;
