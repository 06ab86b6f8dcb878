-- Adds to the bytes of all recordings: see tasker.recording_size. Negative where recordings were deleted.
--
-- Called in the transaction that keeps or deletes them. Locks: one row of tasker.recording_size, up to the end of the
-- transaction; the caller locks nothing afterwards that others lock before it. Not idempotent.
create or replace function tasker.add_recording_bytes(p_bytes bigint) returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
as $$
declare
  -- Few enough to be summed at each recording, and enough that writers seldom wait for each other.
  v_slots constant int := 32;
begin
  if p_bytes = 0 then
    return;
  end if;
  insert into tasker.recording_size as s (slot, bytes)
  values ((pg_catalog.pg_backend_pid() % v_slots)::smallint, p_bytes)
  on conflict (slot) do update set bytes = s.bytes + excluded.bytes;
end
$$;
