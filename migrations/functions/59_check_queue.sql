-- Puts steps that are to be claimed and are missing in the queue back into it: without their rows they would never be
-- claimed. No function leaves such a step; this is for what an error in one, or a hand, may have left.
--
-- Walks through the steps of open tasks, p_limit a call, and begins again after the last. Any host may call it at any
-- time: all together do the work once in p_interval. Returns how many steps it put back.
--
-- Locks: the row of the walk, or nothing where another call has it; then the steps that it puts back, skipping locked
-- ones, which the next walk finds if they are still missing.
create or replace function tasker.check_queue(p_limit int, p_interval interval) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set enable_incremental_sort = off
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_walk tasker.queue_check;
  v_seen int;
  v_last_task uuid;
  v_last_step smallint;
  v_missing tasker.step_key[];
  v_put_back int;
begin
  select * into v_walk
  from tasker.queue_check c
  -- Further ahead only where the clock was set back.
  where c.singleton and (c.next_at <= v_now or c.next_at > v_now + p_interval)
  for update skip locked;
  if not found then
    return 0;
  end if;

  with step as materialized (
    select s.*
    from (select t.task_id from tasker.task t
          where t.finished_at is null and t.task_id >= v_walk.task_id
          order by t.task_id limit p_limit) t
    cross join lateral (
      select s.task_id, s.step_no, s.namespace_id, s.lane, s.ready_at
      from tasker.step s
      where s.task_id = t.task_id and s.step_no > case when t.task_id = v_walk.task_id then v_walk.step_no else -1 end
      order by s.step_no limit p_limit
    ) s
    limit p_limit
  )
  select (select count(*) from step),
         (select l.task_id from step l order by l.task_id desc limit 1),
         (select l.step_no from step l order by l.task_id desc, l.step_no desc limit 1),
         array(select (m.task_id, m.step_no)::tasker.step_key
               from step m
               where m.ready_at is not null
                 and not exists (
                   select from tasker.queue q
                   where q.namespace_id = m.namespace_id and q.lane = m.lane and q.ready_at = m.ready_at
                     and q.task_id = m.task_id and q.step_no = m.step_no))
  into v_seen, v_last_task, v_last_step, v_missing;

  v_missing := array(
    select (s.task_id, s.step_no)::tasker.step_key
    from unnest(v_missing) m
    join tasker.step s on s.task_id = m.task_id and s.step_no = m.step_no
    for update of s skip locked);
  -- A statement of its own: it sees what was written before the locks were had.
  insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
  select s.namespace_id, s.lane, s.ready_at, s.task_id, s.step_no
  from unnest(v_missing) m
  join tasker.step s on s.task_id = m.task_id and s.step_no = m.step_no
  where s.ready_at is not null
  on conflict do nothing;
  get diagnostics v_put_back = row_count;

  update tasker.queue_check c
  set task_id = case when v_seen < p_limit then '00000000-0000-0000-0000-000000000000' else v_last_task end,
      step_no = case when v_seen < p_limit then -1 else v_last_step end,
      next_at = v_now + p_interval
  where c.singleton;
  return v_put_back;
end
$$;
