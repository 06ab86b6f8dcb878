-- Hands the slots of steps that are complete on to those that were released and claimed with their reports, where
-- tasker.hands_slot_on said so: p_from_no has the parent of each. Only in these namespaces, which have a limit. Locks:
-- the slots, which no claim touches while their steps run. Idempotent.
create or replace function tasker.pass_slots(p_namespace_id int[], p_to tasker.step_key[], p_from_no smallint[])
returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off
as $$
begin
  with passed as (
    delete from tasker.queue_slot x
    using unnest(p_to, p_from_no) as p (task_id, to_no, from_no)
    join tasker.step s on s.task_id = p.task_id and s.step_no = p.from_no
    -- + 0: by the step, and not by the namespace, whose turns of before an old snapshot keeps.
    where x.namespace_id + 0 = any (p_namespace_id)
      and x.task_id = p.task_id and x.step_no = p.from_no and x.attempt = s.attempt
    returning x.namespace_id, x.slot_no, x.turn, p.task_id, p.to_no
  )
  insert into tasker.queue_slot (namespace_id, slot_no, turn, task_id, step_no, attempt)
  select p.namespace_id, p.slot_no, p.turn + 1, p.task_id, p.to_no, 1 from passed p;
end
$$;
