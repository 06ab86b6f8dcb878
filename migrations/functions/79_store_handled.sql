-- Stores that a subscriber handled the event behind the position of a subscription, together with what it wrote to kv:
-- both or neither. With p_dead_letter_id the event is that of a dead letter, which is deleted, and the position stays.
-- Returns `stored`; `lost` if the host has lost the subscription, or an operator has moved it; `conflict` if another
-- changed an entry after the subscriber read it; `full` if the namespace has too many entries. Except for `stored` it
-- changes nothing, and the message of the last two says which entry or limit.
--
-- p_bucket, p_key, p_value (null removes), p_is_checked and p_expected are parallel arrays, one element per write.
--
-- Locks the subscription, then its dead letter, then kv rows by (bucket, key); no transaction that has locked kv rows waits for
-- a subscription. Repeating it is harmless: an event behind the position, or a dead letter that is gone, was stored.
create or replace function tasker.store_handled(
  p_delivery_host_id int, p_subscription_id int, p_moves int, p_seq bigint, p_index smallint, p_dead_letter_id bigint,
  p_pending_at timestamptz, p_bucket text[], p_key text[], p_value text[], p_is_checked bool[], p_expected bigint[]
) returns table (outcome text, message text)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_namespace_id int;
  v_is_stored bool;
  v_write record;
begin
  select s.namespace_id, (p_seq, p_index) <= (s.seq, s.seq_index) into v_namespace_id, v_is_stored
  from tasker.subscription s
  where s.subscription_id = p_subscription_id and s.delivery_host_id = p_delivery_host_id and s.moves = p_moves
  for no key update;
  if not found then
    return query select 'lost', null::text;
    return;
  end if;
  if p_dead_letter_id is not null then
    delete from tasker.dead_letter d
    where d.dead_letter_id = p_dead_letter_id and d.subscription_id = p_subscription_id;
    v_is_stored := not found;
  end if;
  if v_is_stored then
    return query select 'stored', null::text;
    return;
  end if;

  for v_write in
    select * from unnest(p_bucket, p_key, p_value, p_is_checked, p_expected)
      as u (bucket, key, value, is_checked, expected)
    order by u.bucket collate "C", u.key collate "C"
  loop
    perform tasker.set_kv(v_namespace_id, v_write.bucket, v_write.key, v_write.value,
                          v_write.is_checked, v_write.expected, null);
  end loop;
  update tasker.subscription s
  set seq = case when p_dead_letter_id is null then p_seq else s.seq end,
      seq_index = case when p_dead_letter_id is null then p_index else s.seq_index end,
      attempts = case when p_dead_letter_id is null then 0 else s.attempts end,
      next_at = case when p_dead_letter_id is null then null else s.next_at end,
      pending_at = case when p_dead_letter_id is null then p_pending_at else s.pending_at end,
      delivered = s.delivered + 1,
      delivered_at = tasker.clock()
  where s.subscription_id = p_subscription_id;
  return query select 'stored', null::text;
exception
  -- Undoes all of it.
  when sqlstate 'TK001' then
    return query select 'conflict', sqlerrm;
  when sqlstate 'TK002' then
    return query select 'full', sqlerrm;
end
$$;
