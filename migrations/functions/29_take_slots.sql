-- Gives the claimed steps that are of these namespaces, which have a limit, the free slots of theirs. Part of a claim
-- that tasker.limited_turns allowed, whose locks on the rules of these namespaces it relies on. Locks: the slots. Idempotent.
create or replace function tasker.take_slots(p_claimed tasker.claimed_step[], p_namespace_id int[]) returns void
language plpgsql
set search_path = ''
as $$
begin
  with taken as materialized (
    select s.namespace_id, k.task_id, k.step_no, k.attempt,
           row_number() over (partition by s.namespace_id order by k.task_id, k.step_no) as no
    from unnest(p_claimed) k
    join tasker.step s on s.task_id = k.task_id and s.step_no = k.step_no
    where s.namespace_id = any (p_namespace_id)
  ), free as materialized (
    select r.namespace_id, n.slot_no, row_number() over (partition by r.namespace_id order by n.slot_no) as no
    from tasker.queue_rule r
    cross join lateral generate_series(1, r.max_running) as n (slot_no)
    where r.namespace_id = any (p_namespace_id)
      and not exists (
        select from tasker.queue_slot x
        join tasker.step s on s.task_id = x.task_id and s.step_no = x.step_no
        where x.namespace_id = r.namespace_id and x.slot_no = n.slot_no
          and s.state = 'running' and s.attempt = x.attempt)
  )
  insert into tasker.queue_slot (namespace_id, slot_no, task_id, step_no, attempt)
  select t.namespace_id, f.slot_no, t.task_id, t.step_no, t.attempt
  from taken t
  join free f on f.namespace_id = t.namespace_id and f.no = t.no
  on conflict (namespace_id, slot_no) do update
    set task_id = excluded.task_id, step_no = excluded.step_no, attempt = excluded.attempt;
end
$$;
