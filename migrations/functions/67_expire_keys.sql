-- Frees idempotency keys that their namespaces keep no longer (tasker.key_retention), whether or not their tasks are
-- kept or have ended. Reads p_limit identities at most. Returns how many it freed, and whether to call again: false if
-- no walk is due, or if another host is at it.
--
-- Walks over the identities in the order of their tasks' ids, which have the time of the submit, up to the first that is
-- younger than any rule; by an index that deleting tasks needs anyway. Keys that are kept longer than others are
-- read once a walk. The next one begins after a thirty-second of the shortest time, 6 hours at most.
--
-- Locks: the row of the walk, then the identities that it frees. Waits for nothing: what is locked is left for the next
-- walk. If its transaction fails, the next call finds the same.
create or replace function tasker.expire_keys(p_limit int, out expired int, out is_more_due bool)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_rest_max constant interval := '6 hours';
  v_no_id constant uuid := '00000000-0000-0000-0000-000000000000';
  v_now constant timestamptz := tasker.clock();
  v_keep interval;
  v_after uuid;
  v_before uuid;
  v_read int;
  v_last uuid;
begin
  expired := 0;
  is_more_due := false;
  select w.task_id into v_after from tasker.key_walk w where w.next_at <= v_now for update skip locked;
  if not found then
    return;
  end if;
  select min(r.keep_ms) * interval '1 millisecond' into v_keep from tasker.key_retention r;
  if v_keep is null then
    update tasker.key_walk set task_id = v_no_id, next_at = v_now + interval '1 minute';
    return;
  end if;
  v_before := tasker.first_id(v_now - v_keep);
  with page as materialized (
    select i.template_id, i.identity_key, i.task_id
    from tasker.identity i
    where i.task_id > v_after and i.task_id < v_before
    order by i.task_id
    limit p_limit
    for update skip locked
  ), due as materialized (
    select p.template_id, p.identity_key
    from page p
    join tasker.template t using (template_id)
    join tasker.key_retention r
      on r.namespace_id = case
        when exists (select from tasker.retention o where o.namespace_id = t.namespace_id and not o.is_inherited)
        then t.namespace_id else 0 end
    where p.task_id < tasker.first_id(v_now - r.keep_ms * interval '1 millisecond')
  ), freed as (
    delete from tasker.identity i
    using due d
    where i.template_id = d.template_id and i.identity_key = d.identity_key
    returning i.task_id
  )
  select (select count(*) from page), (select count(*) from freed),
         (select p.task_id from page p order by p.task_id desc limit 1)
  into v_read, expired, v_last;

  is_more_due := v_read >= p_limit;
  update tasker.key_walk
  set task_id = case when is_more_due then v_last else v_no_id end,
      next_at = case when is_more_due then v_now
                     else v_now + greatest(least(v_keep / 32, v_rest_max), interval '1 second') end;
end
$$;
