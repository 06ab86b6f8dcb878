-- Gives up all subscriptions of a host that ends: other hosts may take them at once.
--
-- Locks the subscriptions by id, then the row of the subscriber. Repeating it is harmless.
create or replace function tasker.leave_subscriptions(p_subscriber_id int) returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
begin
  with own as materialized (
    select s.subscription_id from tasker.subscription s
    where s.subscriber_id = p_subscriber_id
    order by s.subscription_id
    for no key update
  )
  update tasker.subscription s set subscriber_id = null from own o where s.subscription_id = o.subscription_id;
  delete from tasker.subscriber s where s.subscriber_id = p_subscriber_id;
end
$$;
