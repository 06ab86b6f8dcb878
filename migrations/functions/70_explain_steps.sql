-- Why each step of a task is in its state, by the plain definition: a step may start when every step that it depends
-- on is complete. This is the slow equivalent of the countdown in `remaining_deps`; tests compare the two. Limited to
-- p_steps, if given. Of the steps that one waits for, the first five are named.
create or replace function tasker.explain_steps(p_task_id uuid, p_steps smallint[] default null)
returns table (
  step_no smallint, name text, state tasker.step_state, incomplete_parents int,
  parents_are_complete bool, why text
)
language sql stable
set search_path = ''
as $$
  select s.step_no, st.name, s.state, p.incomplete::int, p.incomplete = 0,
         case
           when t.finished_at is not null and s.finished_at is null
             then 'the task is ' || t.state || '; this step was not reached'
           when s.state = 'waiting' and p.failed is not null then 'blocked by the failure of ' || p.failed
           when s.state = 'waiting' then 'waits for ' || p.names
           -- Given back or postponed for a while.
           when s.ready_at > tasker.clock()
                and (s.state = 'ready' and s.error is not null or s.error ->> 'code' = 'cannot_be_claimed')
             then s.error ->> 'message'
           when s.state = 'waiting_for_retry'
             then 'attempt ' || s.attempt || ' failed'
                  || coalesce(' for a conflict in kv, ' || nullif(s.error ->> 'conflicts', '1') || ' times in a row', '')
                  || '; the next is due at ' || s.ready_at
           when s.state = 'running' then 'worker ' || s.worker_id || ' runs attempt ' || s.attempt
           when s.state = 'ready' and s.ready_at is null
             then coalesce(c.named, 'its code') || ' is quarantined; release it, or migrate or cancel the task'
           when s.state = 'ready' and q.is_paused then 'its namespace is paused in the queue'
           when s.state = 'ready' and q.max_running is not null
             then 'no worker has claimed it yet; its namespace may run ' || q.max_running || ' steps at the same time'
           when s.state = 'ready' then 'no worker has claimed it yet'
           else s.state::text
         end
  from tasker.every_task t
  join tasker.every_step s on s.task_id = t.task_id
  join tasker.step_template st on st.template_version_id = t.template_version_id and st.step_no = s.step_no
  left join tasker.queue_rule q on q.namespace_id = t.namespace_id
  cross join lateral (
    select i.incomplete,
           pg_catalog.array_to_string(i.names[1:5], ', ')
             || case when i.incomplete > 5 then ' and ' || i.incomplete - 5 || ' others' else '' end as names,
           pg_catalog.array_to_string(i.failed[1:5], ', ')
             || case when cardinality(i.failed) > 5 then ' and ' || cardinality(i.failed) - 5 || ' others' else '' end
             as failed
    from (
      select count(*) as incomplete, pg_catalog.array_agg(pst.name order by pst.step_no) as names,
             pg_catalog.array_agg(pst.name order by pst.step_no) filter (where ps.state = 'error') as failed
      from tasker.dependency e
      join tasker.every_step ps on ps.task_id = t.task_id and ps.step_no = e.from_no
      join tasker.step_template pst
        on pst.template_version_id = t.template_version_id and pst.step_no = e.from_no
      where e.template_version_id = t.template_version_id and e.to_no = s.step_no
        and ps.state <> 'complete'
    ) i
  ) p
  left join lateral (
    select n.name || '/' || co.name || '@' || cv.version as named
    from tasker.lock_entry e
    join tasker.component_version cv on cv.component_version_id = e.component_version_id
    join tasker.component co on co.component_id = cv.component_id
    join tasker.namespace n on n.namespace_id = co.namespace_id
    where e.lock_id = t.lock_id and e.step_no = s.step_no
  ) c on true
  where t.task_id = p_task_id and (p_steps is null or s.step_no = any (p_steps))
  order by s.step_no
$$;
