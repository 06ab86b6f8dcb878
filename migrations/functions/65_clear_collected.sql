-- Deletes what collections and migrations left behind, up to p_limit rows of each: bytes of which every version was
-- collected (a publication without a result had them locked), and records of attempts that have ended. Returns how
-- many rows were deleted. Waits for nothing: locked rows are left to the next call. Idempotent.
create or replace function tasker.clear_collected(p_limit int) returns int
language plpgsql
set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_digests bytea[];
  v_bytes int;
  v_notes int;
begin
  select array_agg(k.digest) into v_digests
  from (select b.digest
        from tasker.component_blob b
        where exists (select from tasker.component_version v where v.digest = b.digest)
          and not exists (select from tasker.component_version v where v.digest = b.digest and v.collected_at is null)
        order by b.digest
        limit p_limit
        for update skip locked) k;
  -- A new statement: it sees a publish that ended before the lock was had.
  delete from tasker.component_blob b
  where b.digest = any (v_digests)
    and not exists (select from tasker.component_version v where v.digest = b.digest and v.collected_at is null);
  get diagnostics v_bytes = row_count;

  delete from tasker.superseded_attempt a
  where (a.task_id, a.step_no) in (
    select d.task_id, d.step_no
    from tasker.superseded_attempt d
    left join lateral (
      select true as is_under_way from tasker.step s
      where s.task_id = d.task_id and s.step_no = d.step_no and s.attempt = d.attempt and s.state = 'running'
      offset 0
    ) s on true
    where s.is_under_way is null
    order by d.task_id, d.step_no
    limit p_limit
    for update of d skip locked);
  get diagnostics v_notes = row_count;
  return v_bytes + v_notes;
end
$$;
