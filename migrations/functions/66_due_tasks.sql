-- Finds finished tasks that their namespaces keep no longer (tasker.retention), at most p_limit, and locks them with
-- their steps until the end of the transaction, in which tasker.delete_finished_tasks may delete them. Returns them in
-- the order of their ids, and whether to call again: false if no walk is due, or if it is the turn of another host.
--
-- Once a minute a call has namespaces follow the rule for all instead, see tasker.follow_default_retention.
--
-- A call goes on with one walk over the tasks of a namespace, by template and id, in indexes that other readers need.
-- An id has the time of its task's creation, so the walk of a template ends at the first task that is too young. The
-- next walk begins after a part of the time that tasks are kept. Tasks that are kept longer than those behind them
-- (open, or of another state) are read once a walk. One call reads v_reads_max tasks at most, and finds tasks of
-- v_steps_max steps together, or one task. With p_leaves_partitions it leaves tasks of partitions all of which may be
-- dropped within the time of one (tasker.drop_partition). The caller ends with tasker.delete_finished_tasks, which sets the pace, also
-- where nothing is to be deleted.
--
-- Locks: the pace, then see tasker.follow_default_retention; one row of tasker.retention, then see
-- tasker.lock_finished_tasks. Waits for nothing. If its transaction fails, the next call finds the same.
create or replace function tasker.due_tasks(
  p_limit int, p_leaves_partitions bool default false, out locked uuid[], out is_more_due bool
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
as $$
declare
  v_reads_max constant int := 5000;
  v_steps_max constant int := 5000;
  v_templates_max constant int := 100;
  v_now constant timestamptz := tasker.clock();
  v_walk tasker.retention;
  v_states tasker.task_state[];
  v_until timestamptz;
  v_before uuid;
  v_tasks refcursor;
  v_task record;
  v_reads int := 0;
  v_steps int := 0;
  v_due uuid[] := '{}';
  -- Partitions that are left to be dropped.
  v_left_from uuid[];
  v_left_until uuid[];
begin
  locked := '{}';
  is_more_due := false;
  perform from tasker.retention_pace p where p.next_at <= v_now for update skip locked;
  if not found then
    return;
  end if;
  if tasker.follow_default_retention() then
    is_more_due := true;
    return;
  end if;
  select * into v_walk
  from tasker.retention r
  where r.walk_at <= v_now
    and (not r.is_inherited
         -- What the rule for all says now; rows follow it within a minute.
         or exists (select from tasker.retention_default d where d.state = r.state and d.keep_ms = r.keep_ms)
            and not exists (select from tasker.retention o where o.namespace_id = r.namespace_id and not o.is_inherited))
  order by r.walk_at
  limit 1
  for update skip locked;
  if not found then
    return;
  end if;
  is_more_due := true;
  v_states := case v_walk.state when 'complete' then array['complete', 'resolved_manually']::tasker.task_state[]
              else array[v_walk.state] end;
  v_until := v_now - v_walk.keep_ms * interval '1 millisecond';
  v_before := tasker.first_id(v_until);
  v_walk.walk_at := v_now;

  if p_leaves_partitions then
    select array_agg(tasker.first_id(d.from_at)), array_agg(tasker.first_id(d.until_at)) into v_left_from, v_left_until
    from tasker.partition_due d
    where d.due_at <= v_now + (select make_interval(days => w.days) from tasker.partition_width w);
  end if;

  <<templates>>
  for v_nth in 1 .. v_templates_max loop
    if v_walk.task_id is null then
      select t.template_id, '00000000-0000-0000-0000-000000000000' into v_walk.template_id, v_walk.task_id
      from tasker.template t
      where (t.namespace_id, t.template_id) > (v_walk.namespace_id, v_walk.template_id)
        and t.namespace_id <= v_walk.namespace_id
      order by t.namespace_id, t.template_id
      limit 1;
      if not found then
        -- All templates are done.
        v_walk.template_id := 0;
        v_walk.walk_at := v_now + least(greatest(v_walk.keep_ms / 32, 1000), 21600000) * interval '1 millisecond';
        exit;
      end if;
    end if;
    -- Rows are compared, so that no other index has the order, whatever the statistics say.
    if v_walk.state = 'complete' then
      open v_tasks for
        select t.task_id, case when t.state = any (v_states) and t.finished_at <= v_until then (
                 select count(*) from tasker.step_template s where s.template_version_id = t.template_version_id
               ) end as steps,
               (select l.end_id from unnest(v_left_from, v_left_until) as l (first_id, end_id)
                where t.task_id >= l.first_id and t.task_id < l.end_id) as left_until
        from tasker.every_task t
        where (t.template_id, t.task_id) > (v_walk.template_id, v_walk.task_id)
          and (t.template_id, t.task_id) < (v_walk.template_id, v_before)
        order by t.template_id, t.task_id;
    else
      open v_tasks for
        select t.task_id, case when t.state = any (v_states) and t.finished_at <= v_until then (
                 select count(*) from tasker.step_template s where s.template_version_id = t.template_version_id
               ) end as steps,
               (select l.end_id from unnest(v_left_from, v_left_until) as l (first_id, end_id)
                where t.task_id >= l.first_id and t.task_id < l.end_id) as left_until
        from tasker.every_task t
        where t.error is not null
          and ((case when t.error ->> 'step' is null then - t.template_id else t.template_id end), t.task_id)
            > (v_walk.template_id * case v_walk.state when 'cancelled' then -1 else 1 end, v_walk.task_id)
          and ((case when t.error ->> 'step' is null then - t.template_id else t.template_id end), t.task_id)
            < (v_walk.template_id * case v_walk.state when 'cancelled' then -1 else 1 end, v_before)
        order by (case when t.error ->> 'step' is null then - t.template_id else t.template_id end), t.task_id;
    end if;
    loop
      fetch v_tasks into v_task;
      exit when not found;
      if v_task.left_until is not null then
        v_walk.task_id := v_task.left_until;
        close v_tasks;
        continue templates;
      end if;
      if v_task.steps is not null then
        v_steps := v_steps + v_task.steps;
        exit templates when v_steps > v_steps_max and v_due <> '{}';
        v_due := v_due || v_task.task_id;
      end if;
      v_walk.task_id := v_task.task_id;
      v_reads := v_reads + 1;
      exit templates when v_reads >= v_reads_max or cardinality(v_due) >= p_limit;
    end loop;
    close v_tasks;
    v_walk.task_id := null;
  end loop;

  update tasker.retention r
  set walk_at = v_walk.walk_at, template_id = v_walk.template_id, task_id = v_walk.task_id
  where r.namespace_id = v_walk.namespace_id and r.state = v_walk.state;
  locked := tasker.lock_finished_tasks(v_due);
end
$$;
