-- Deletes the oldest recordings, by the creation of their tasks, until all together have p_kept_bytes at most; p_limit of them
-- in one call. Returns how many it deleted, and their bytes.
--
-- How much there is, is the sum of a few rows of tasker.recording_size, and the primary key has the oldest first, so that the
-- cost does not grow with the table. Where recordings were deleted by hand, more is counted than there is; the count begins
-- anew once no recording is left.
--
-- Locks: calls wait for each other; the rows that it deletes, without those that others have locked; then one row of
-- tasker.recording_size. Where no recording is left: tasker.recording_size against writers. Idempotent.
create or replace function tasker.trim_recordings(
  p_kept_bytes bigint, p_limit int, out removed int, out removed_bytes bigint
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_excess bigint;
begin
  removed := 0;
  removed_bytes := 0;
  -- Else two calls would delete what is too much twice.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('tasker.recordings'));
  v_excess := (select coalesce(sum(s.bytes), 0) from tasker.recording_size s) - p_kept_bytes;
  if v_excess <= 0 then
    return;
  end if;
  with oldest as materialized (
    select o.task_id, o.step_no, o.attempt, octet_length(o.content) as bytes
    from tasker.recording o
    order by o.task_id, o.step_no, o.attempt
    limit p_limit
    for update skip locked
  ), summed as materialized (
    select o.*, sum(o.bytes) over (order by o.task_id, o.step_no, o.attempt) - o.bytes as before
    from oldest o
  ), gone as (
    delete from tasker.recording r
    using summed d
    where d.before < v_excess and r.task_id = d.task_id and r.step_no = d.step_no and r.attempt = d.attempt
    returning d.bytes
  )
  select count(*), coalesce(sum(g.bytes), 0) into removed, removed_bytes from gone g;
  perform tasker.add_recording_bytes(-removed_bytes);
  if removed = 0 and not exists (select from tasker.recording) then
    lock table tasker.recording_size in share row exclusive mode;
    delete from tasker.recording_size s where not exists (select from tasker.recording);
  end if;
end
$$;
