-- What must not be, whatever was killed: each query counts it over all tasks, in one snapshot. The crash test and
-- `tasker-bench soak` read this file. A name, a colon, a query.

-- results_doubled:
select count(*) from tasker.step s
where s.state = 'complete'
  and (s.result is null
       or (select count(*) from tasker.transition r
           where r.task_id = s.task_id and r.step_no = s.step_no and r.to_state = 'complete') <> 1);

-- steps_before_their_parents:
select count(*) from tasker.task t
join tasker.dependency d using (template_version_id)
where (select min(r.seq) from tasker.transition r
       where r.task_id = t.task_id and r.step_no = d.to_no and r.to_state = 'running')
    < (select max(r.seq) from tasker.transition r
       where r.task_id = t.task_id and r.step_no = d.from_no and r.to_state = 'complete');

-- steps_with_attempts_astray:
select count(*) from tasker.step s
cross join lateral (
  select count(*) as begun, count(distinct r.attempt) as attempts, min(r.attempt) as first
  from tasker.transition r
  where r.task_id = s.task_id and r.step_no = s.step_no and r.to_state = 'running') l
where l.begun <> s.attempt or l.attempts <> s.attempt or l.first <> 1;

-- attempts_that_end_without_having_begun_or_twice:
select count(*) from (
  select r.to_state, lag(r.to_state) over w as before,
         r.attempt, lag(r.attempt) over w as attempt_before
  from tasker.transition r where r.step_no is not null
  window w as (partition by r.task_id, r.step_no order by r.seq)) l
where l.to_state in ('complete', 'waiting_for_retry')
  and (l.before is distinct from 'running' or l.attempt_before is distinct from l.attempt);

-- steps_out_of_order_in_time:
select count(*) from tasker.step where finished_at < started_at;
