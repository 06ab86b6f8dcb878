-- Ends a subscription because its receiver is gone for good, with an audit row. Returns false if it is not the host's any
-- more, or not active: then it changes nothing. An operator may resume it.
--
-- Locks the subscription. Repeating it is harmless.
create or replace function tasker.end_subscription(p_delivery_host_id int, p_subscription_id int, p_reason text)
returns boolean
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  v_name text;
  v_namespace text;
begin
  update tasker.subscription s
  set state = 'ended', ended_reason = p_reason, attempts = 0, next_at = null, revision = s.revision + 1,
      last_error = p_reason, last_error_at = tasker.clock(), delivery_host_id = null
  from tasker.namespace n
  where s.subscription_id = p_subscription_id and s.delivery_host_id = p_delivery_host_id and s.state = 'active'
    and n.namespace_id = s.namespace_id
  returning s.name, n.name into v_name, v_namespace;
  if v_name is null then
    return false;
  end if;
  insert into tasker.audit (actor, action, namespace, subject, reason)
  values ('host', 'subscription.end', v_namespace, 'subscription ' || v_name, p_reason);
  return true;
end
$$;
