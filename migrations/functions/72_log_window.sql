-- The rows of the log behind p_after up to p_until, in order, p_limit at most. p_until is no higher than the safe
-- position of tasker.log_horizon, from a call whose transaction has ended; then no row is missing, wherever partitions
-- are closed or tasks moved meanwhile. For a reader that is far behind, p_until is to be near: all rows of the window are
-- read.
--
-- Reads by the index of seq: a page range is read if it may have rows of the window, or is not summarized yet
-- (tasker.summarize_log). The history is read only for a window that begins in it. One statement reads all, and its
-- snapshot is later than its locks, so a row that is moved is seen once.
--
-- Locks nothing. To be called in a transaction that reads what is committed meanwhile (read committed).
create or replace function tasker.log_window(p_after bigint, p_until bigint, p_limit int)
returns setof tasker.transition
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
-- Only bitmaps of the index are left.
set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off
set max_parallel_workers_per_gather = 0
as $$
begin
  return query
    select u.*
    from (
      select w.* from tasker.transition w where w.seq > p_after and w.seq <= p_until
      union all
      select h.* from tasker.transition_history h
      where h.seq > p_after and h.seq <= p_until
        and (select bool_or(p.last_seq > p_after) from tasker.partition p where p.closed_at is not null)
    ) u
    order by u.seq
    limit p_limit;
end
$$;
