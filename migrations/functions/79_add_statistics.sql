-- Counts the next rows of the log up to p_until, p_rows numbers at most, and deletes statistics that are kept no longer.
-- p_until is as for tasker.log_window. Returns whether there is more to count up to there; false also if another host is at
-- it. Call it every few seconds, and at once where there is more.
--
-- The position moves in the transaction that counts, so that a crash loses nothing and counts nothing twice. Rows are
-- counted at their own times, whatever the clock does. What retention deletes before it was counted is not counted.
--
-- The delay of a claim is counted from the row that made the step ready, which may be in an earlier call:
-- tasker.statistic_ready has it until then. A step that is claimed as it is released was ready for no time; the first
-- attempt of a step without parents waits from the creation of its task. Claims after a failed attempt are not counted,
-- since the log does not say when the pause was over.
--
-- What it reads of tasks and templates is looked up by keys, once a row. Locks: the row of the position, which it skips
-- where another has it; what it writes is written by nobody else.
create or replace function tasker.add_statistics(p_until bigint, p_rows int) returns bool
language plpgsql
set search_path = '' set timezone = 'UTC' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set max_parallel_workers_per_gather = 0
as $$
declare
  v_after bigint;
  v_end bigint;
  v_last timestamptz;
begin
  select p.seq into v_after from tasker.statistic_position p for update skip locked;
  if v_after is null then
    return false;
  end if;
  v_end := least(p_until, tasker.skip_log(v_after, p_until, p_rows) + p_rows);
  if v_end > v_after then
    v_last := tasker.count_log(v_after, v_end, p_rows);
  end if;
  perform tasker.expire_statistics();
  update tasker.statistic_position p
  set seq = greatest(v_after, v_end),
      as_of = case when v_end >= p_until then tasker.clock() else coalesce(v_last, p.as_of) end,
      is_behind = v_end < p_until;
  return v_end < p_until;
end
$$;
