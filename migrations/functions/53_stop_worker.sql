-- Ends a worker's run, at shutdown. What it still holds is released. Returns how many steps that
-- were. Idempotent.
--
-- Locks: the worker's row, then as tasker.release_steps.
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
