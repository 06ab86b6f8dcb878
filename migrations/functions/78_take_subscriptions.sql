-- Gives a host active subscriptions of its kinds that nobody has, or whose host is dead: of each kind up to its share
-- among the living hosts that deliver to it, and p_limit a call.
-- Returns how many. Any host may call it at any time; one at a time does the work. A host is dead once it did not renew
-- for its ttl; also one whose last renewal lies ahead by as much, because the clock was set back. Dead hosts without
-- subscriptions are forgotten.
--
-- Locks subscriptions by id, skipping locked ones, then rows of dead delivery hosts, skipping locked ones. Waits for nothing.
create or replace function tasker.take_subscriptions(p_delivery_host_id int, p_limit int) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_dead int[];
  v_kinds tasker.subscription_kind[];
  v_taken int;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.take_subscriptions')) then
    return 0;
  end if;
  select coalesce(array_agg(s.delivery_host_id) filter (where s.is_dead), '{}')
  into v_dead
  from (
    select s.delivery_host_id,
           s.delivery_host_id <> p_delivery_host_id
             and abs(extract(epoch from v_now - s.renewed_at)) * 1000 >= s.ttl_ms as is_dead
    from tasker.delivery_host s
  ) s;

  if not exists (select from tasker.subscription s where s.delivery_host_id is null and s.state = 'active')
     and v_dead = '{}' then
    return 0;
  end if;

  select s.kinds into v_kinds from tasker.delivery_host s where s.delivery_host_id = p_delivery_host_id;

  with share as materialized (
    select o.kind,
           ceil(count(*)::float8 / greatest(max(l.living), 1)) - count(*) filter (where o.delivery_host_id = p_delivery_host_id)
             as room
    from tasker.subscription o
    join (
      select k.kind, count(*) as living
      from tasker.delivery_host s
      cross join lateral unnest(s.kinds) as k (kind)
      where s.delivery_host_id <> all (v_dead)
      group by k.kind
    ) l on l.kind = o.kind
    where o.state = 'active' and o.kind = any (v_kinds)
    group by o.kind
  ), free as materialized (
    select f.subscription_id
    from (
      select u.subscription_id, u.kind,
             row_number() over (partition by u.kind order by u.subscription_id) as no
      from (
        select s.subscription_id, s.kind from tasker.subscription s
        where s.delivery_host_id is null and s.state = 'active'
        union all
        select s.subscription_id, s.kind from tasker.subscription s
        where s.delivery_host_id = any (v_dead) and s.state = 'active'
      ) u
    ) f
    join share s on s.kind = f.kind and f.no <= s.room
    order by f.subscription_id
    limit p_limit
  ), locked as materialized (
    select s.subscription_id
    from tasker.subscription s
    where s.subscription_id = any (array(select f.subscription_id from free f))
      and s.state = 'active' and (s.delivery_host_id is null or s.delivery_host_id = any (v_dead))
    order by s.subscription_id
    for no key update skip locked
  )
  update tasker.subscription s set delivery_host_id = p_delivery_host_id
  where s.subscription_id = any (array(select l.subscription_id from locked l));
  get diagnostics v_taken = row_count;

  delete from tasker.delivery_host d
  where d.delivery_host_id in (
    select s.delivery_host_id from tasker.delivery_host s
    where s.delivery_host_id = any (v_dead)
      and not exists (
        select from tasker.subscription o where o.delivery_host_id = s.delivery_host_id and o.state = 'active')
    for update skip locked
  );
  return v_taken;
end
$$;
