-- Keeps the subscriptions of a host that delivers events to subscriptions of p_kinds: returns its number, another one than was given if it had none
-- or was taken for dead and is gone. Whoever gets another number has no subscription any more. To be called well within
-- p_ttl_ms, by each host.
--
-- Locks the row of the delivery host. Repeating it is harmless.
create or replace function tasker.renew_delivery_host(
  p_delivery_host_id int, p_host_name text, p_pid int, p_ttl_ms int, p_kinds text[])
returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  v_delivery_host_id int;
begin
  -- The time is read under the lock of the row.
  update tasker.delivery_host s set renewed_at = tasker.clock(), ttl_ms = p_ttl_ms
  where s.delivery_host_id = p_delivery_host_id
  returning s.delivery_host_id into v_delivery_host_id;
  if v_delivery_host_id is null then
    insert into tasker.delivery_host (host_name, pid, renewed_at, ttl_ms, kinds)
    values (p_host_name, p_pid, tasker.clock(), p_ttl_ms, p_kinds::tasker.subscription_kind[])
    returning delivery_host_id into v_delivery_host_id;
  end if;
  return v_delivery_host_id;
end
$$;
