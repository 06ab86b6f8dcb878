-- Gives back attempts that the calling worker holds and does not know, if their deadline passed more than p_grace ago
-- or they were claimed longer ago than any call takes. Such an attempt does not count against max_attempts. Returns
-- how many it found; attempts that are reported before they are locked stay as reported.
--
-- The host enforces the deadline, by its own monotonic clock and from the moment when the sandbox starts the
-- attempt. `deadline_at` is the deadline if the attempt began when it was claimed. After it the database asks the
-- worker (p_keep_… is everything that it runs or has yet to report). The database ends no attempt itself, because
-- it cannot distinguish an attempt that runs too long from a report that cannot get through.
--
-- Reads the leases that heartbeats named and, only if heartbeats have not been sure for p_grace or
-- tasker.call_max(), the log (see tasker.held_steps). If it found nothing to give back, it notes that it searched and
-- removes what is over from the leases. Call it every half minute.
--
-- Locks: as tasker.give_back_steps, or the row of the worker: never both, so that no step keeps a heartbeat waiting.
-- Idempotent.
create or replace function tasker.reap_overdue(
  p_worker_id int, p_keep_task_id uuid[], p_keep_step_no smallint[], p_keep_attempt int[], p_grace interval
) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_worker tasker.worker;
  v_is_sure bool;
  v_overdue record;
  v_over tasker.lease[];
begin
  select w.* into v_worker from tasker.worker w where w.worker_id = p_worker_id;
  v_is_sure := v_worker.leases_at >= v_now - least(p_grace, tasker.call_max());

  with unknown as materialized (
    select h.task_id, h.step_no, h.attempt,
           h.deadline_at < v_now - p_grace or h.started_at < v_now - tasker.call_max() as is_overdue
    from tasker.held_steps(array[p_worker_id], not v_is_sure) h
    where not exists (select from unnest(p_keep_task_id, p_keep_step_no, p_keep_attempt) as k (task_id, step_no, attempt)
                      where k.task_id = h.task_id and k.step_no = h.step_no and k.attempt = h.attempt)
  ), overdue as (
    select * from unknown u where u.is_overdue
  )
  select array(select (u.task_id, u.step_no, u.attempt)::tasker.lease from unknown u) as unknown,
         array_agg(o.task_id) as task_id, array_agg(o.step_no) as step_no, array_agg(o.attempt) as attempt,
         array_agg(0::bigint) as delay_ms,
         array_agg('{"kind": "host", "code": "forgotten", "message": "the worker had no record of the lease"}'::text) as error
  into v_overdue
  from overdue o;

  if v_overdue.task_id is not null then
    perform tasker.give_back_steps(
      p_worker_id, v_overdue.task_id, v_overdue.step_no, v_overdue.attempt, v_overdue.delay_ms, v_overdue.error);
    perform pg_catalog.pg_notify('tasker_ready', '');
    return cardinality(v_overdue.task_id);
  end if;

  v_over := array(
    select l from unnest(v_worker.leases) l
    except (select u from unnest(v_overdue.unknown) u
            union all
            select (k.task_id, k.step_no, k.attempt)::tasker.lease
            from unnest(p_keep_task_id, p_keep_step_no, p_keep_attempt) as k (task_id, step_no, attempt)));
  if not v_is_sure or cardinality(v_over) > 0 then
    update tasker.worker w
    set leases = array(select l from unnest(w.leases) l except select o from unnest(v_over) o),
        checked_at = case when v_is_sure then w.checked_at else v_now end
    where w.worker_id = p_worker_id and w.stopped_at is null;
  end if;
  return 0;
end
$$;
