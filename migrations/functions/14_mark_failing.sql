-- Marks every unfinished step of tasks in which a step failed for good, so that the end of each further step
-- checks whether it was the last. The mark is on the step and not on the task, because an update of a step
-- reads its own row under the lock, but the row of its task as it was when the statement began.
--
-- Locks: the steps that it marks, which the caller has already locked. Idempotent.
create or replace function tasker.mark_failing(p_task_id uuid[]) returns void
language sql
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  update tasker.step s set is_task_failing = true
  where s.task_id = any (p_task_id) and s.finished_at is null and not s.is_task_failing
$$;
