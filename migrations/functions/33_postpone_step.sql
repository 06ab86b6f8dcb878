-- Postpones a step that cannot be claimed: its state stays, but it is not due for some minutes, and its error
-- states why. So it is claimed again after a repair, and costs little until then.
--
-- Locks: the step, under the caller's lock_timeout. If even this fails, a warning goes to the server's log and the
-- step stays due. Idempotent.
create or replace function tasker.postpone_step(p_task_id uuid, p_step_no smallint, p_message text, p_sqlstate text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_pause constant interval := '5 minutes';
  v_now constant timestamptz := tasker.clock();
  v_error constant json := json_build_object(
    'kind', 'host', 'code', 'cannot_be_claimed',
    'message', format('the database cannot hand out this step: %s (SQLSTATE %s); it is retried every 5 minutes, until it is mended or its task is cancelled', p_message, p_sqlstate));
  v_namespace_id int;
  v_lane smallint;
  v_ready_at timestamptz;
begin
  select s.namespace_id, s.lane, s.ready_at into v_namespace_id, v_lane, v_ready_at
  from tasker.step s
  where s.task_id = p_task_id and s.step_no = p_step_no and s.ready_at <= v_now
  for update;
  if not found then
    return;
  end if;
  with postponed as (
    update tasker.step s
    set ready_at = v_now + v_pause, error = v_error, lane = s.lane - s.lane % tasker.lane_width()
    where s.task_id = p_task_id and s.step_no = p_step_no
    returning s.state, s.attempt
  ), queued as (
    update tasker.queue q
    set ready_at = v_now + v_pause, lane = v_lane - v_lane % tasker.lane_width()
    where q.namespace_id = v_namespace_id and q.lane = v_lane and q.ready_at = v_ready_at
      and q.task_id = p_task_id and q.step_no = p_step_no
  )
  insert into tasker.transition (at, task_id, step_no, attempt, to_state, detail)
  select v_now, p_task_id, p_step_no, p.attempt, p.state::text, v_error from postponed p;
exception when others then
  raise warning 'step % of task % can neither be claimed nor postponed: %', p_step_no, p_task_id, sqlerrm;
end
$$;
