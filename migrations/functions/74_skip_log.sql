-- Where log and audit go on behind p_after: a position behind which the next p_width numbers have a row of either, with
-- none between it and p_after; p_until if there is none up to there. p_until is as for tasker.log_window. Deleted tasks and dropped
-- partitions leave such gaps.
--
-- Doubles the part that it looks at until it has a row, and then halves it. So it looks as often as the logarithm of the
-- gap says, each time until the first row that it finds.
--
-- Locks nothing. To be called in a transaction that reads what is committed meanwhile (read committed).
create or replace function tasker.skip_log(p_after bigint, p_until bigint, p_width bigint) returns bigint
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off
set max_parallel_workers_per_gather = 0
as $$
declare
  v_after bigint := p_after;
  v_width bigint := p_width;
  v_end bigint;
  v_is_behind_gap bool := false;
begin
  while v_after < p_until loop
    v_end := least(p_until, v_after + v_width);
    if exists (
      select from tasker.transition w where w.seq > v_after and w.seq <= v_end
      union all
      select from tasker.transition_history h
      where h.seq > v_after and h.seq <= v_end
        and (select bool_or(p.last_seq > v_after) from tasker.partition p where p.closed_at is not null)
      union all
      select from tasker.audit a where a.audit_id > v_after and a.audit_id <= v_end
    ) then
      exit when v_width <= p_width;
      v_is_behind_gap := true;
    else
      v_after := v_end;
    end if;
    v_width := case when v_is_behind_gap then greatest(v_width / 2, p_width) else least(v_width, p_until) * 2 end;
  end loop;
  return v_after;
end
$$;
