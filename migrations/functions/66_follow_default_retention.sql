-- Has namespaces without a rule of their own follow the rule for all (tasker.retention_default): makes, replaces and
-- removes their rows of tasker.retention. Does so once a minute, and only for the caller that has locked the pace.
-- Returns whether something changed; then the transaction should end soon, since it has locked namespaces.
--
-- Locks: rows of tasker.retention that are outdated, then namespaces by id, then makes rows by (namespace_id, state).
-- Waits for nothing: a namespace whose rule is being changed is left to the next minute. Idempotent.
create or replace function tasker.follow_default_retention() returns bool
language plpgsql
set search_path = '' set jit = off set enable_seqscan = off
as $$
declare
  v_namespaces_max constant int := 1000;
  v_now constant timestamptz := tasker.clock();
  v_removed int;
  v_added int;
begin
  update tasker.retention_pace set follow_at = v_now + interval '1 minute' where follow_at <= v_now;
  if not found then
    return false;
  end if;

  with outdated as materialized (
    select i.namespace_id, i.state
    from tasker.retention i
    where i.is_inherited and not (
      exists (select from tasker.retention_default d where d.state = i.state and d.keep_ms = i.keep_ms)
      and not exists (select from tasker.retention o where o.namespace_id = i.namespace_id and not o.is_inherited))
    order by i.namespace_id, i.state
    for update skip locked
  )
  delete from tasker.retention r
  using outdated o
  where r.namespace_id = o.namespace_id and r.state = o.state;
  get diagnostics v_removed = row_count;

  with follower as materialized (
    select n.namespace_id
    from tasker.namespace n
    where not exists (select from tasker.retention o where o.namespace_id = n.namespace_id and not o.is_inherited)
      and (select count(*) from tasker.retention i where i.namespace_id = n.namespace_id)
        < (select count(*) from tasker.retention_default)
    order by n.namespace_id
    limit v_namespaces_max
    for no key update skip locked
  )
  insert into tasker.retention (namespace_id, state, keep_ms, set_at, set_by, walk_at, is_inherited)
  select f.namespace_id, d.state, d.keep_ms, d.set_at, d.set_by, v_now, true
  from follower f
  cross join tasker.retention_default d
  order by f.namespace_id, d.state
  on conflict do nothing;
  get diagnostics v_added = row_count;

  if v_added >= v_namespaces_max then
    -- There may be more.
    update tasker.retention_pace set follow_at = v_now;
  end if;
  return v_removed + v_added > 0;
end
$$;
