-- Gives up subscriptions of a host: other hosts may take them at once. Without p_subscriptions all of them, of a host that
-- ends, which is forgotten.
--
-- Locks the subscriptions by id, then the row of the delivery host. Repeating it is harmless.
create or replace function tasker.leave_subscriptions(p_delivery_host_id int, p_subscriptions int[] default null)
returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
begin
  with own as materialized (
    select s.subscription_id from tasker.subscription s
    where s.delivery_host_id = p_delivery_host_id
      and (p_subscriptions is null or s.subscription_id = any (p_subscriptions))
    order by s.subscription_id
    for no key update
  )
  update tasker.subscription s set delivery_host_id = null from own o where s.subscription_id = o.subscription_id;
  if p_subscriptions is null then
    delete from tasker.delivery_host h where h.delivery_host_id = p_delivery_host_id;
  end if;
end
$$;
