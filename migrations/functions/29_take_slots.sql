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
  ), slot as materialized (
    -- Each step by its key, however many slots the planner expects.
    select x.namespace_id, x.slot_no, x.turn, s.is_running as is_held
    from unnest(p_namespace_id) as n (namespace_id)
    cross join lateral tasker.slots(n.namespace_id) x
    left join lateral (
      select true as is_running from tasker.step s
      where s.task_id = x.task_id and s.step_no = x.step_no and s.state = 'running' and s.attempt = x.attempt
      limit 1
    ) s on true
  ), free as materialized (
    select r.namespace_id, n.slot_no, coalesce(x.turn, 0) as turn,
           row_number() over (partition by r.namespace_id order by n.slot_no) as no
    from tasker.queue_rule r
    cross join lateral generate_series(1, r.max_running) as n (slot_no)
    left join slot x on x.namespace_id = r.namespace_id and x.slot_no = n.slot_no
    where r.namespace_id = any (p_namespace_id) and x.is_held is not true
  ), given as materialized (
    select f.namespace_id, f.slot_no, f.turn, t.task_id, t.step_no, t.attempt
    from taken t
    join free f on f.namespace_id = t.namespace_id and f.no = t.no
  ), gone as (
    -- By address: a plan that was made for a small table would read what an old snapshot keeps.
    delete from tasker.queue_slot x
    where x.ctid = any (array(
      select y.ctid
      from given g
      cross join lateral (
        select z.ctid from tasker.queue_slot z
        where z.namespace_id = g.namespace_id and z.slot_no = g.slot_no and z.turn = g.turn
        limit 1
      ) y
    ))
  )
  insert into tasker.queue_slot (namespace_id, slot_no, turn, task_id, step_no, attempt)
  select g.namespace_id, g.slot_no, g.turn + 1, g.task_id, g.step_no, g.attempt from given g;
end
$$;
