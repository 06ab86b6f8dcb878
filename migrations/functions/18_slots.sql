-- The slots of a namespace with a limit of running steps, the last first: which attempt took each last. It may be over.
-- One probe of the index for each slot, whatever an old snapshot keeps of the turns before.
create or replace function tasker.slots(p_namespace_id int) returns setof tasker.queue_slot
language sql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off
set enable_bitmapscan = off
as $$
  with recursive slot as (
    (select x.namespace_id, x.slot_no, x.turn, x.task_id, x.step_no, x.attempt
     from tasker.queue_slot x
     where x.namespace_id = p_namespace_id
     order by x.namespace_id desc, x.slot_no desc, x.turn desc
     limit 1)
    union all
    select n.*
    from slot l
    cross join lateral (
      select x.namespace_id, x.slot_no, x.turn, x.task_id, x.step_no, x.attempt
      from tasker.queue_slot x
      where x.namespace_id = p_namespace_id and x.slot_no < l.slot_no
      order by x.namespace_id desc, x.slot_no desc, x.turn desc
      limit 1
    ) n
  )
  select l.namespace_id, l.slot_no, l.turn, l.task_id, l.step_no, l.attempt from slot l
$$;
