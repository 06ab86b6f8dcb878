-- Deletes these tasks with their steps, their log, what their attempts logged, their recordings, their identities, their tags
-- and the records of their superseded attempts. Returns how many.
-- The caller has locked them in this transaction: see tasker.due_tasks and tasker.lock_finished_tasks. An open task is
-- not deleted. What handlers wrote to kv stays, with the id of a task that is gone.
--
-- Locks: steps, then tasks, both of which the caller has locked; then a row of tasker.recording_size. Records of superseded
-- attempts that another transaction has locked are left to tasker.clear_collected. Then sets the pace: the time since the transaction
-- began, times v_rest_share, passes before it is the turn of a host again. Idempotent.
create or replace function tasker.delete_finished_tasks(p_task_id uuid[]) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
as $$
declare
  v_rest_share constant int := 4;
  v_finished constant uuid[] := array(
    select t.task_id from tasker.every_task t where t.task_id = any (p_task_id) and t.finished_at is not null);
  v_deleted int;
  v_deleted_history int;
  v_recording_bytes bigint;
begin
  delete from tasker.superseded_attempt a
  where a.task_id = any (v_finished) and (a.task_id, a.step_no) in (
    select d.task_id, d.step_no from tasker.superseded_attempt d
    where d.task_id = any (v_finished)
    order by d.task_id, d.step_no
    for update skip locked);
  delete from tasker.identity i where i.task_id = any (v_finished);
  delete from tasker.task_tag g where g.task_id = any (v_finished);
  with gone as (
    delete from tasker.recording r where r.task_id = any (v_finished) returning octet_length(r.content) as bytes
  )
  select coalesce(sum(g.bytes), 0) into v_recording_bytes from gone g;
  delete from tasker.attempt_log l where l.task_id = any (v_finished);
  delete from tasker.transition r where r.task_id = any (v_finished);
  delete from tasker.transition_history r where r.task_id = any (v_finished);
  delete from tasker.step s where s.task_id = any (v_finished);
  delete from tasker.step_history s where s.task_id = any (v_finished);
  delete from tasker.task t where t.task_id = any (v_finished);
  get diagnostics v_deleted = row_count;
  delete from tasker.task_history t where t.task_id = any (v_finished);
  get diagnostics v_deleted_history = row_count;
  -- Last, since other hosts write this row with each recording.
  perform tasker.add_recording_bytes(-v_recording_bytes);
  update tasker.retention_pace
  set next_at = tasker.clock() + v_rest_share * (clock_timestamp() - transaction_timestamp());
  return v_deleted + v_deleted_history;
end
$$;
