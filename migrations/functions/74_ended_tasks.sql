-- The tasks of which something ended in the log behind p_after up to p_until: an attempt, a step or the task. p_until is as
-- for tasker.read_feed. For tasker.read_ended.
--
-- Reads by the index of seq, as tasker.log_window does, but neither sorts the rows nor returns them.
--
-- Locks nothing. To be called in a transaction that reads what is committed meanwhile (read committed).
create or replace function tasker.ended_tasks(p_after bigint, p_until bigint) returns uuid[]
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
-- Only bitmaps of the index are left.
set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off
set max_parallel_workers_per_gather = 0
as $$
begin
  return array(
    select distinct u.task_id
    from (
      select w.task_id from tasker.transition w
      where w.seq > p_after and w.seq <= p_until
        and w.to_state in ('ready', 'waiting_for_retry', 'complete', 'error', 'cancelled')
        and (w.to_state <> 'ready' or w.detail is not null)
      union all
      select h.task_id from tasker.transition_history h
      where h.seq > p_after and h.seq <= p_until
        and h.to_state in ('ready', 'waiting_for_retry', 'complete', 'error', 'cancelled')
        and (h.to_state <> 'ready' or h.detail is not null)
        and (select bool_or(p.last_seq > p_after) from tasker.partition p where p.closed_at is not null)
    ) u
  );
end
$$;
