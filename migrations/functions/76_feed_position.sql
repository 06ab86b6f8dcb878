-- A position in log and audit behind which is everything of p_since or later, and little that is older: for readers who
-- go on from a time. p_until is as for tasker.log_window. The reader leaves out what is older.
--
-- The time of a row may be earlier than its number says, by as long as its statement took; so it looks for a time that is
-- v_margin earlier. Halves the numbers, and looks at the next row behind each middle: as often as the logarithm of
-- p_until says.
--
-- Locks nothing. To be called in a transaction that reads what is committed meanwhile (read committed).
create or replace function tasker.feed_position(p_since timestamptz, p_until bigint) returns bigint
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  v_margin constant interval := '10 seconds';
  v_width constant bigint := 100;
  v_low bigint := 0;
  v_high bigint := p_until;
  v_middle bigint;
  v_next bigint;
  v_at timestamptz;
begin
  while v_high - v_low > v_width loop
    v_middle := v_low + (v_high - v_low) / 2;
    v_next := tasker.skip_log(v_middle, v_high, v_width);
    select r.at into v_at
    from (
      select w.at, w.seq from tasker.log_window(v_next, least(v_next + v_width, v_high), 1) w
      union all
      (select a.at, a.audit_id from tasker.audit a
       where a.audit_id > v_next and a.audit_id <= least(v_next + v_width, v_high)
       order by a.audit_id limit 1)
    ) r
    order by r.seq
    limit 1;
    if v_at < p_since - v_margin then
      v_low := greatest(v_next, v_middle);
    else
      v_high := v_middle;
    end if;
  end loop;
  return v_low;
end
$$;
