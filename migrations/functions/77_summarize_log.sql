-- Has the index of seq summarize the newest page ranges of the log, which autovacuum would visit only later: until then
-- every read of the log reads them as a whole. Called while somebody follows the log, every second and behind as many
-- rows as a range has. Returns how many ranges it summarized.
--
-- The newest ranges (v_open) of each partition are left: sessions still fill their pages, and where a range is
-- summarized, each insert with a higher number writes its summary too. So a read looks at these ranges and the ones that
-- it wants. Goes back from there to the first range that is summarized, for v_limit ranges at most; what lies before them
-- is left to autovacuum.
--
-- Locks: each partition of the log against vacuum and changes of its structure (share update exclusive), not against
-- reading and writing; it does nothing where that lock is taken or another host is doing the same. The lock timeout is
-- shorter than deadlock_timeout, so that no autovacuum is cancelled. Idempotent.
create or replace function tasker.summarize_log() returns int
language plpgsql
set search_path = '' set jit = off set lock_timeout = '20ms'
as $$
declare
  -- As transition_by_time is made.
  v_pages_per_range constant bigint := 32;
  v_open constant int := 2;
  v_limit constant int := 1000;
  v_index record;
  v_range bigint;
  v_summarized int := 0;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.summarize_log')) then
    return 0;
  end if;
  for v_index in
    select i.indexrelid::regclass as index,
           pg_catalog.pg_relation_size(i.indrelid) / pg_catalog.current_setting('block_size')::int as pages
    from pg_catalog.pg_inherits h
    join pg_catalog.pg_index i on i.indexrelid = h.inhrelid
    where h.inhparent = 'tasker.transition_by_time'::regclass
    order by i.indrelid
  loop
    v_range := v_index.pages / v_pages_per_range - v_open - 1;
    while v_range >= 0 and v_summarized < v_limit loop
      exit when pg_catalog.brin_summarize_range(v_index.index, v_range * v_pages_per_range) = 0;
      v_summarized := v_summarized + 1;
      v_range := v_range - 1;
    end loop;
  end loop;
  return v_summarized;
exception when lock_not_available then
  return 0;
end
$$;
