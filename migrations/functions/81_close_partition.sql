-- Moves the oldest partition to the history, if it is over and nearly all its tasks have ended. Those that have not are
-- carried over: with their steps and their log they go to the partition of older tasks, which then covers its range as
-- well. Returns whether it moved one; false also if another host is at it, if more than v_carried_max tasks are open, or
-- if a lock was not obtained in time: call it again later.
--
-- One transaction, so that at any time each task is in one place, complete. What is moved is counted, and it fails if a
-- row was left or lost.
--
-- Locks: the three tables against everything, for as long as it takes to move the open tasks, of v_rows_max rows at
-- most. It waits for each lock for lock_timeout, which is too short for anybody to take it for a deadlock.
create or replace function tasker.close_partition() returns bool
language plpgsql
set search_path = '' set timezone = 'UTC' set datestyle = 'ISO' set lock_timeout = '20ms'
set enable_seqscan = off
as $$
declare
  v_carried_max constant int := 1000;
  v_rows_max constant bigint := 20000;
  -- Ids come from the clocks of hosts, which may be behind.
  v_grace constant interval := '1 day';
  v_partition tasker.partition;
  v_from uuid;
  v_until uuid;
  v_open uuid[];
  v_name text;
  v_table text;
  v_inserted bigint;
  v_deleted bigint;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.partitions')) then
    return false;
  end if;
  select * into v_partition
  from tasker.partition p
  where p.closed_at is null
  order by p.from_at
  limit 1;
  if v_partition.until_at is null or v_partition.until_at > tasker.clock() - v_grace then
    return false;
  end if;
  v_name := to_char(v_partition.from_at, 'YYYYMMDD');
  v_from := tasker.first_id(v_partition.from_at);
  v_until := tasker.first_id(v_partition.until_at);

  -- Twice: before the locks, so that most calls need none; and then for good.
  for v_pass in 1 .. 2 loop
    v_open := array(
      select t.task_id from tasker.task t
      where t.finished_at is null and t.task_id >= v_from and t.task_id < v_until
      limit v_carried_max + 1);
    if cardinality(v_open) > v_carried_max
       or (select count(*) from tasker.step s where s.task_id = any (v_open))
        + (select count(*) from tasker.transition r where r.task_id = any (v_open)) > v_rows_max then
      return false;
    end if;
    if v_pass = 1 then
      lock table tasker.step, tasker.task, tasker.transition in access exclusive mode;
    end if;
  end loop;

  foreach v_table in array array['task', 'step', 'transition'] loop
    execute format('alter table tasker.%I detach partition tasker.%I', v_table, v_table || '_' || v_name);
    execute format('alter table tasker.%I detach partition tasker.%I', v_table, v_table || '_carried');
    execute format('insert into tasker.%I select * from tasker.%I where task_id = any ($1)',
                   v_table || '_carried', v_table || '_' || v_name) using v_open;
    get diagnostics v_inserted = row_count;
    execute format('delete from tasker.%I where task_id = any ($1)', v_table || '_' || v_name) using v_open;
    get diagnostics v_deleted = row_count;
    if v_inserted <> v_deleted or v_table = 'task' and v_inserted <> cardinality(v_open) then
      raise exception '% rows of % open tasks were carried over from tasker.%, and % deleted there',
        v_inserted, cardinality(v_open), v_table || '_' || v_name, v_deleted;
    end if;
    execute format('alter table tasker.%I attach partition tasker.%I for values from (minvalue) to (%L)',
                   v_table, v_table || '_carried', v_until);
    execute format('alter table tasker.%I attach partition tasker.%I for values from (%L) to (%L)',
                   v_table || '_history', v_table || '_' || v_name, v_from, v_until);
  end loop;
  -- Nobody writes the log now, so no row that is in the partition has a higher seq.
  update tasker.partition p
  set closed_at = tasker.clock(), last_seq = coalesce(pg_catalog.pg_sequence_last_value('tasker.transition_seq_seq'), 0)
  where p.from_at = v_partition.from_at;
  return true;
exception when lock_not_available then
  return false;
end
$$;
