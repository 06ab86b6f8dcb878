-- Stores what came of one more delivery of a dead letter: it is deleted if p_reason is null, and else kept with the new
-- reason. Returns false if the host has lost the subscription: then it changes nothing.
--
-- Locks the subscription, then the dead letter. Repeating it is harmless, but for the counters.
create or replace function tasker.store_replay(
  p_delivery_host_id int, p_subscription_id int, p_dead_letter_id bigint, p_reason text, p_status int, p_body text
) returns boolean
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
begin
  update tasker.subscription s
  set delivered = s.delivered + (p_reason is null)::int,
      failures = s.failures + (p_reason is not null)::int,
      delivered_at = case when p_reason is null then tasker.clock() else s.delivered_at end
  where s.subscription_id = p_subscription_id and s.delivery_host_id = p_delivery_host_id;
  if not found then
    return false;
  end if;
  if p_reason is null then
    delete from tasker.dead_letter d where d.dead_letter_id = p_dead_letter_id;
  else
    update tasker.dead_letter d
    set reason = p_reason, status = p_status, body = p_body, attempts = d.attempts + 1, at = tasker.clock(), replay_at = null
    where d.dead_letter_id = p_dead_letter_id;
  end if;
  return true;
end
$$;
