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
  with handed as materialized (
    select p.task_id, p.to_no, x.row, x.namespace_id, x.slot_no, x.turn
    from unnest(p_to, p_from_no) as p (task_id, to_no, from_no)
    cross join lateral (
      -- + 0: by the step, and not by the namespace, whose turns of before an old snapshot keeps.
      select z.ctid as row, z.namespace_id, z.slot_no, z.turn
      from tasker.queue_slot z
      where z.namespace_id + 0 = any (p_namespace_id) and z.task_id = p.task_id and z.step_no = p.from_no
        and z.attempt = (select s.attempt from tasker.step s where s.task_id = p.task_id and s.step_no = p.from_no)
      limit 1
    ) x
  ), gone as (
    -- By address: a plan that was made for a small table would read what an old snapshot keeps.
    delete from tasker.queue_slot x where x.ctid = any (array(select h.row from handed h))
  )
  insert into tasker.queue_slot (namespace_id, slot_no, turn, task_id, step_no, attempt)
  select h.namespace_id, h.slot_no, h.turn + 1, h.task_id, h.to_no, 1 from handed h;
end
$$;
