-- Gives a host active subscriptions that nobody has, or whose host is dead: up to its share of all, and p_limit a call.
-- Returns how many. Any host may call it at any time; one at a time does the work. A host is dead once it did not renew
-- for its ttl; also one whose last renewal lies ahead by as much, because the clock was set back. Dead hosts without
-- subscriptions are forgotten.
--
-- Locks subscriptions by id, skipping locked ones, then rows of dead subscribers, skipping locked ones. Waits for nothing.
create or replace function tasker.take_subscriptions(p_subscriber_id int, p_limit int) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_dead int[];
  v_living int;
  v_share int;
  v_taken int;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.take_subscriptions')) then
    return 0;
  end if;
  select coalesce(array_agg(s.subscriber_id) filter (where s.is_dead), '{}'), count(*) filter (where not s.is_dead)
  into v_dead, v_living
  from (
    select s.subscriber_id,
           s.subscriber_id <> p_subscriber_id
             and abs(extract(epoch from v_now - s.renewed_at)) * 1000 >= s.ttl_ms as is_dead
    from tasker.subscriber s
  ) s;

  if not exists (select from tasker.subscription s where s.subscriber_id is null and s.state = 'active')
     and v_dead = '{}' then
    return 0;
  end if;

  select ceil(count(*)::float8 / greatest(v_living, 1))
         - count(*) filter (where s.subscriber_id = p_subscriber_id)
  into v_share
  from tasker.subscription s
  where s.state = 'active';

  with free as materialized (
    select f.subscription_id
    from (
      select s.subscription_id from tasker.subscription s where s.subscriber_id is null and s.state = 'active'
      union all
      select s.subscription_id from tasker.subscription s where s.subscriber_id = any (v_dead) and s.state = 'active'
    ) f
    order by f.subscription_id
    limit least(p_limit, greatest(v_share, 0))
  ), locked as materialized (
    select s.subscription_id
    from tasker.subscription s
    where s.subscription_id = any (array(select f.subscription_id from free f))
      and s.state = 'active' and (s.subscriber_id is null or s.subscriber_id = any (v_dead))
    order by s.subscription_id
    for no key update skip locked
  )
  update tasker.subscription s set subscriber_id = p_subscriber_id
  where s.subscription_id = any (array(select l.subscription_id from locked l));
  get diagnostics v_taken = row_count;

  delete from tasker.subscriber d
  where d.subscriber_id in (
    select s.subscriber_id from tasker.subscriber s
    where s.subscriber_id = any (v_dead)
      and not exists (
        select from tasker.subscription o where o.subscriber_id = s.subscriber_id and o.state = 'active')
    for update skip locked
  );
  return v_taken;
end
$$;
