-- Stores that a try to deliver the event behind the position of a subscription failed: why, how many have, and when the
-- next is due. p_counts is false where the receiver is not to blame. Returns false if the host has lost the subscription,
-- or an operator has moved it: then it changes nothing.
--
-- Locks the subscription. Repeating it counts the failure twice, and does no other harm.
create or replace function tasker.store_failure(
  p_delivery_host_id int, p_subscription_id int, p_moves int, p_attempts int, p_delay_ms bigint, p_error text,
  p_pending_at timestamptz, p_counts boolean
) returns boolean
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
begin
  update tasker.subscription s
  set attempts = p_attempts,
      next_at = tasker.clock() + p_delay_ms * interval '1 millisecond',
      pending_at = p_pending_at,
      last_error = p_error,
      last_error_at = tasker.clock(),
      failures = s.failures + p_counts::int
  where s.subscription_id = p_subscription_id and s.delivery_host_id = p_delivery_host_id and s.moves = p_moves;
  return found;
end
$$;
