-- Deletes runs of subscribers that are older than their namespace keeps any task: than the longest of its rules of
-- retention, if it has one for each final state. Looks at p_limit subscriptions, and deletes p_limit runs of each at
-- most. Returns how many it deleted, and whether to call again: false if no walk is due, or if another host is at it.
--
-- Walks over the subscriptions by id; the next walk begins v_rest later.
--
-- Locks: the row of the walk, then the runs that it deletes. Repeating it is harmless.
create or replace function tasker.expire_runs(p_limit int, out expired int, out is_more_due bool)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_rest constant interval := '10 minutes';
  v_final_states constant int := 3;
  v_now constant timestamptz := tasker.clock();
  v_after int;
  v_last int;
  v_read int;
begin
  expired := 0;
  is_more_due := false;
  select w.subscription_id into v_after from tasker.run_walk w where w.next_at <= v_now for update skip locked;
  if not found then
    return;
  end if;
  with page as materialized (
    select s.subscription_id, s.namespace_id
    from tasker.subscription s
    where s.subscription_id > v_after
    order by s.subscription_id
    limit p_limit
  ), kept as materialized (
    select p.subscription_id, v_now - k.keep_ms * interval '1 millisecond' as since
    from page p
    cross join lateral (
      select max(r.keep_ms) as keep_ms from tasker.retention r
      where r.namespace_id = p.namespace_id
      having count(r.keep_ms) = v_final_states
    ) k
  ), old as materialized (
    select o.subscription_id, o.run_no
    from kept k
    cross join lateral (
      select r.subscription_id, r.run_no
      from (select r.* from tasker.subscriber_run r where r.subscription_id = k.subscription_id
            order by r.run_no limit p_limit) r
      where r.at < k.since
    ) o
  ), gone as (
    delete from tasker.subscriber_run r using old o
    where r.subscription_id = o.subscription_id and r.run_no = o.run_no
    returning true
  )
  select (select count(*) from page), (select max(p.subscription_id) from page p), (select count(*) from gone)
  into v_read, v_last, expired;

  is_more_due := v_read >= p_limit;
  update tasker.run_walk
  set subscription_id = case when is_more_due then v_last else 0 end,
      next_at = case when is_more_due then v_now else v_now + v_rest end;
end
$$;
