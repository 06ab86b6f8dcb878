-- Gives an event of a subscription up: writes it to the dead letters, moves the position behind it, and drops the oldest
-- dead letters beyond p_max, which are counted. Returns false if the host has lost the subscription, or an operator has
-- moved it: then it changes nothing.
--
-- Locks the subscription, then its dead letters. Repeating it is harmless: the event has one dead letter, and the position
-- does not go back.
create or replace function tasker.add_dead_letter(
  p_delivery_host_id int, p_subscription_id int, p_moves int, p_seq bigint, p_index smallint, p_type text, p_reason text,
  p_status int, p_body text, p_attempts int, p_max int
) returns boolean
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  v_added int;
  v_dropped int;
begin
  perform from tasker.subscription s
  where s.subscription_id = p_subscription_id and s.delivery_host_id = p_delivery_host_id and s.moves = p_moves
  for no key update;
  if not found then
    return false;
  end if;

  insert into tasker.dead_letter (subscription_id, seq, seq_index, type, reason, status, body, attempts, at)
  values (p_subscription_id, p_seq, p_index, p_type, p_reason, p_status, p_body, p_attempts, tasker.clock())
  on conflict (subscription_id, seq, seq_index) do update
    set reason = excluded.reason, status = excluded.status, body = excluded.body,
        attempts = tasker.dead_letter.attempts + excluded.attempts, at = excluded.at, replay_at = null;
  get diagnostics v_added = row_count;

  delete from tasker.dead_letter d
  where d.subscription_id = p_subscription_id
    and d.dead_letter_id <= (
      select o.dead_letter_id from tasker.dead_letter o
      where o.subscription_id = p_subscription_id
      order by o.dead_letter_id desc
      offset p_max limit 1);
  get diagnostics v_dropped = row_count;

  update tasker.subscription s
  set seq = case when (p_seq, p_index) > (s.seq, s.seq_index) then p_seq else s.seq end,
      seq_index = case when (p_seq, p_index) > (s.seq, s.seq_index) then p_index else s.seq_index end,
      attempts = 0, next_at = null, pending_at = null,
      last_error = p_reason, last_error_at = tasker.clock(),
      given_up = s.given_up + v_added, dropped = s.dropped + v_dropped
  where s.subscription_id = p_subscription_id;
  return true;
end
$$;
