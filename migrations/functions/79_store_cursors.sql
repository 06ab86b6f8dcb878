-- Stores how far a host has delivered the events of its subscriptions: position, how many since the last call, and the
-- time of the oldest event that waits. One that the host has lost, or that an operator has moved (p_moves), is left as it
-- is; no position goes back. Success of any delivery ends the count of failed tries. Returns the subscriptions of the host
-- that another transaction has locked, which are left for the next call, so that one of them delays no other.
--
-- Locks the subscriptions by id, skipping locked ones. Repeating it counts what was delivered twice, and does no other
-- harm.
create or replace function tasker.store_cursors(
  p_delivery_host_id int, p_subscription_id int[], p_moves int[], p_seq bigint[], p_index smallint[], p_delivered int[],
  p_pending_at timestamptz[]
) returns setof int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
    with given as materialized (
      select g.*
      from unnest(p_subscription_id, p_moves, p_seq, p_index, p_delivered, p_pending_at)
        as g (subscription_id, moves, seq, seq_index, delivered, pending_at)
      join tasker.subscription s on s.subscription_id = g.subscription_id
      where s.delivery_host_id = p_delivery_host_id and s.moves = g.moves
    ), locked as materialized (
      select g.*
      from given g
      join tasker.subscription s on s.subscription_id = g.subscription_id
      where s.delivery_host_id = p_delivery_host_id and s.moves = g.moves
      order by s.subscription_id
      for no key update of s skip locked
    ), stored as (
      update tasker.subscription s
      set seq = case when (l.seq, l.seq_index) > (s.seq, s.seq_index) then l.seq else s.seq end,
          seq_index = case when (l.seq, l.seq_index) > (s.seq, s.seq_index) then l.seq_index else s.seq_index end,
          delivered = s.delivered + l.delivered,
          delivered_at = case when l.delivered > 0 then tasker.clock() else s.delivered_at end,
          attempts = case when l.delivered > 0 then 0 else s.attempts end,
          next_at = case when l.delivered > 0 then null else s.next_at end,
          pending_at = l.pending_at
      from locked l
      where s.subscription_id = l.subscription_id
    )
    select g.subscription_id from given g where g.subscription_id <> all (array(select l.subscription_id from locked l));
end
$$;
