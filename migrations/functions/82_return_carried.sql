-- Moves tasks that were carried over and have ended meanwhile to the partition of the history that has their range,
-- with their steps and their log; at most p_limit. Returns how many. What has no such partition stays: that was dropped.
--
-- Locks: the partitions against each other change of them, then the steps of the tasks by (task_id, step_no), then the
-- tasks by id; it leaves what another transaction has locked. Then the rows of the partitions, which it waits for: they
-- come before tasker.partition_content, as in tasker.sum_partition.
create or replace function tasker.return_carried(p_limit int) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
as $$
declare
  v_below constant uuid := (
    select tasker.first_id(max(p.until_at)) from tasker.partition p where p.closed_at is not null);
  v_ended uuid[] := array(
    select t.task_id
    from tasker.task_carried t
    where t.finished_at is not null and t.task_id < v_below
      and exists (select from tasker.partition p
                  where p.closed_at is not null
                    and tasker.first_id(p.from_at) <= t.task_id and t.task_id < tasker.first_id(p.until_at))
    order by t.task_id
    limit p_limit);
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.partitions')) then
    return 0;
  end if;
  v_ended := tasker.lock_finished_tasks(v_ended);
  -- Readers of the log look into the history again, and an archive of the partition lacks these.
  update tasker.partition p
  set last_seq = pg_catalog.pg_sequence_last_value('tasker.transition_seq_seq'),
      archived_through = null, archived_at = null, returns = p.returns + 1
  where p.closed_at is not null
    and exists (select from unnest(v_ended) as u (task_id)
                where tasker.first_id(p.from_at) <= u.task_id and u.task_id < tasker.first_id(p.until_at));
  -- Its partition is dropped no earlier than they may be.
  insert into tasker.partition_content (from_at, namespace_id, state, last_finished_at)
  select p.from_at, t.namespace_id, t.state, max(t.finished_at)
  from tasker.task_carried t
  join tasker.partition p on tasker.first_id(p.from_at) <= t.task_id and t.task_id < tasker.first_id(p.until_at)
  where t.task_id = any (v_ended)
  group by p.from_at, t.namespace_id, t.state
  on conflict (from_at, namespace_id, state) do update
    set last_finished_at = greatest(partition_content.last_finished_at, excluded.last_finished_at);
  with moved as (delete from tasker.transition_carried r where r.task_id = any (v_ended) returning *)
  insert into tasker.transition_history select * from moved;
  with moved as (delete from tasker.step_carried s where s.task_id = any (v_ended) returning *)
  insert into tasker.step_history select * from moved;
  with moved as (delete from tasker.task_carried t where t.task_id = any (v_ended) returning *)
  insert into tasker.task_history select * from moved;
  return cardinality(v_ended);
end
$$;
