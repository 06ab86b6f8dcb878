-- The rows of the log behind p_after up to p_until, in order, p_limit at most. p_until is no higher than the safe
-- position of tasker.log_horizon, from a call whose transaction has ended; then no row is missing, wherever partitions
-- are closed or tasks moved meanwhile. For a reader that is far behind, p_until is to be near: all rows of the window are
-- read. A detail of more than p_detail_bytes is null.
--
-- Locks nothing. To be called in a transaction that reads what is committed meanwhile (read committed).
create or replace function tasker.read_log(p_after bigint, p_until bigint, p_limit int, p_detail_bytes int)
returns table (
  seq bigint, at timestamptz, task_id uuid, step_no smallint, attempt int, worker_id int, to_state text, event text,
  detail text, detail_bytes int
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
begin
  return query
    select r.seq, r.at, r.task_id, r.step_no, r.attempt, r.worker_id, r.to_state, r.event,
           case when octet_length(r.detail::text) <= p_detail_bytes then r.detail::text end,
           octet_length(r.detail::text)
    from tasker.log_window(p_after, p_until, p_limit) r
    order by r.seq;
end
$$;
