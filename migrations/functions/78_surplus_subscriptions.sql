-- The subscriptions of a host that are beyond its share among the living hosts that deliver to their kinds, while
-- another of these has less than its share: the newest ones, p_limit at most. To be stopped by the host, and then given
-- up by tasker.leave_subscriptions, so that others take them (tasker.take_subscriptions, which has the same shares).
--
-- Reads only.
create or replace function tasker.surplus_subscriptions(p_delivery_host_id int, p_limit int) returns setof int
language sql stable
set search_path = '' set jit = off
as $$
  with host as materialized (
    select h.delivery_host_id, k.kind
    from tasker.delivery_host h
    cross join lateral unnest(h.kinds) as k (kind)
    where abs(extract(epoch from tasker.clock() - h.renewed_at)) * 1000 < h.ttl_ms
       or h.delivery_host_id = p_delivery_host_id
  ), has as materialized (
    select s.kind, s.delivery_host_id, count(*) as n
    from tasker.subscription s
    where s.state = 'active'
    group by s.kind, s.delivery_host_id
  ), share as materialized (
    select h.kind, ceil((select sum(o.n) from has o where o.kind = h.kind)::float8 / count(*)) as most,
           min(coalesce((select o.n from has o where o.kind = h.kind and o.delivery_host_id = h.delivery_host_id), 0)) as least
    from host h
    group by h.kind
  )
  select o.subscription_id
  from (
    select s.subscription_id, row_number() over (partition by s.kind order by s.subscription_id) > h.most as is_surplus
    from tasker.subscription s
    join share h on h.kind = s.kind and h.least < h.most
    where s.delivery_host_id = p_delivery_host_id and s.state = 'active'
  ) o
  where o.is_surplus
  order by o.subscription_id desc
  limit p_limit;
$$;
