-- Locks those of these tasks that are finished, with all their steps, until the end of the transaction; returns them
-- in the order of their ids. A task is left out if another transaction has locked it or one of its steps. Those in the
-- history need no lock: nothing but retention writes there, one host at a time.
--
-- Locks: steps by (task_id, step_no), then tasks by id. Waits for nothing. Idempotent.
create or replace function tasker.lock_finished_tasks(p_task_id uuid[]) returns uuid[]
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
as $$
declare
  v_free uuid[];
begin
  with own as materialized (
    select s.task_id
    from tasker.step s
    where s.task_id = any (p_task_id)
    order by s.task_id, s.step_no
    for update skip locked
  )
  select array_agg(a.task_id) into v_free
  from (select u.task_id, (select count(*) from tasker.step s where s.task_id = u.task_id) as steps
        from unnest(p_task_id) as u (task_id)) a
  left join (select o.task_id, count(*) as steps from own o group by o.task_id) k using (task_id)
  where a.steps = coalesce(k.steps, 0);

  v_free := array(select t.task_id
                  from tasker.task t
                  where t.task_id = any (v_free) and t.finished_at is not null
                  order by t.task_id
                  for update skip locked)
         || array(select h.task_id from tasker.task_history h where h.task_id = any (p_task_id));
  return array(select u.task_id from unnest(v_free) as u (task_id) order by u.task_id);
end
$$;
