-- Deletes recordings of attempts of tasks that were created more than p_kept ago, at most p_limit. Returns how many.
--
-- The ids of tasks are in the order of their creation, so that the primary key finds them. Hosts call it every hour.
-- Locks: the rows that it deletes, then one of tasker.recording_size; those that another host deletes are left to it.
-- Idempotent.
create or replace function tasker.expire_recordings(p_kept interval, p_limit int) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
as $$
declare
  v_deleted int;
  v_bytes bigint;
begin
  with gone as (
    delete from tasker.recording r
    where (r.task_id, r.step_no, r.attempt) in (
      select o.task_id, o.step_no, o.attempt
      from tasker.recording o
      where o.task_id < tasker.first_id(tasker.clock() - p_kept)
      order by o.task_id, o.step_no, o.attempt
      limit p_limit
      for update skip locked)
    returning octet_length(r.content) as bytes
  )
  select count(*), coalesce(sum(g.bytes), 0) into v_deleted, v_bytes from gone g;
  perform tasker.add_recording_bytes(-v_bytes);
  return v_deleted;
end
$$;
