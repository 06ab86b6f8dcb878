-- Marks every unfinished step of tasks in which a step failed for good, so that whoever ends one of
-- them asks whether it was the last. The mark is on the step, not on the task, because a step's
-- end reads its own row under lock but its task's only as it was when the statement began.
--
-- Locks: the steps that it marks, which the caller holds already. Idempotent.
create or replace function tasker.mark_failing(p_task_id uuid[]) returns void
language sql
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
  update tasker.step s set is_task_failing = true
  where s.task_id = any (p_task_id) and s.finished_at is null and not s.is_task_failing
$$;
