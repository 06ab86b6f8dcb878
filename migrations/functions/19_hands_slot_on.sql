-- Whether a step of a namespace with a limit, as it is complete, hands its slot on to this child: it has one, and the
-- child is its first. So no two children get the same slot, and what runs without a slot, because it was claimed before
-- there was a limit, is followed by a claim. One probe.
create or replace function tasker.hands_slot_on(
  p_namespace_id int, p_template_version_id int, p_task_id uuid, p_from_no smallint, p_to_no smallint
) returns bool
language sql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
as $$
  select p_to_no = (
           select min(e.to_no) from tasker.dependency e
           where e.template_version_id = p_template_version_id and e.from_no = p_from_no)
         and exists (
           select from tasker.queue_slot x
           join tasker.step s on s.task_id = p_task_id and s.step_no = p_from_no and s.attempt = x.attempt
           -- + 0: by the step, and not by the namespace, whose turns of before an old snapshot keeps.
           where x.namespace_id + 0 = p_namespace_id and x.task_id = p_task_id and x.step_no = p_from_no)
$$;
