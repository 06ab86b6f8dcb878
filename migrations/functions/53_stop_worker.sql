-- Ends a worker's run at shutdown. Its remaining steps are released. Returns how many they were. Idempotent.
--
-- Locks: the row of the worker, then as tasker.release_steps.
create or replace function tasker.stop_worker(p_worker_id int, p_reason text) returns int
language plpgsql
set search_path = ''
as $$
begin
  update tasker.worker w set stopped_at = tasker.clock()
  where w.worker_id = p_worker_id and w.stopped_at is null;
  return tasker.release_steps(array[p_worker_id], '{}', '{}', '{}', p_reason, false);
end
$$;
