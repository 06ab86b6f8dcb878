-- Locks everything that tasker.fail_steps will change, in the common order, before it changes anything: the
-- steps of the batch, and all unfinished steps of the tasks in which one of them is about to fail for good.
create or replace function tasker.lock_failing_steps(
  p_task_id uuid[], p_step_no smallint[], p_is_permanent bool[]
) returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_final uuid[];
begin
  select array_agg(distinct b.task_id) into v_final
  from unnest(p_task_id, p_step_no, p_is_permanent) as b (task_id, step_no, is_permanent)
  join tasker.step s on s.task_id = b.task_id and s.step_no = b.step_no
  join tasker.task t on t.task_id = b.task_id
  join tasker.step_template st on st.template_version_id = t.template_version_id and st.step_no = b.step_no
  where b.is_permanent or s.attempt - s.free_attempts >= st.max_attempts or s.attempt >= tasker.attempts_max();

  perform from tasker.step s
  where s.task_id = any (p_task_id)
    and (s.task_id = any (v_final) and s.finished_at is null
         or (s.task_id, s.step_no) in (select b.task_id, b.step_no
                                       from unnest(p_task_id, p_step_no) as b (task_id, step_no)))
  order by s.task_id, s.step_no
  for update;
end
$$;
