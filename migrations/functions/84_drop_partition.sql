-- Drops the oldest closed partition all of whose tasks are kept no longer (tasker.partition_due), with their steps,
-- their log and what their attempts logged; with p_only_empty only one that has no task any more, or whose tasks are all archived. First it deletes the identities, tags and recordings of its tasks, at most p_limit of each in one call. Returns whether there is more
-- to do; false also if another host is at it, or if a lock was not obtained in time: call it again later.
--
-- What handlers wrote to kv stays, with the id of a task that is gone. Records of superseded attempts are left to
-- tasker.clear_collected.
--
-- Tasks that were carried over and are still there keep what their attempts logged: it goes to
-- tasker.attempt_log_carried.
--
-- Locks: the identities, tags and recordings, after which one row of tasker.recording_size in a call of its own; then the
-- history and tasker.attempt_log against everything, which readers of tasks wait for for lock_timeout at most, and readers
-- and writers of logs until the lines of carried tasks are moved.
create or replace function tasker.drop_partition(p_limit int, p_only_empty bool) returns bool
language plpgsql
set search_path = '' set timezone = 'UTC' set datestyle = 'ISO' set lock_timeout = '20ms' set enable_seqscan = off
as $$
declare
  v_due record;
  v_deleted int;
  v_bytes bigint;
  v_name text;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.partitions')) then
    return false;
  end if;
  select d.* into v_due
  from tasker.partition_due d
  join tasker.partition p using (from_at)
  where d.due_at <= tasker.clock()
    and not (p_only_empty and p.archived_at is null and exists (
      select from tasker.task_history h
      where h.task_id >= tasker.first_id(d.from_at) and h.task_id < tasker.first_id(d.until_at)))
  order by d.from_at
  limit 1;
  if not found then
    return false;
  end if;
  delete from tasker.identity i
  where (i.template_id, i.identity_key) in (
    select k.template_id, k.identity_key
    from tasker.identity k
    where k.task_id >= tasker.first_id(v_due.from_at) and k.task_id < tasker.first_id(v_due.until_at)
    limit p_limit
    for update skip locked);
  get diagnostics v_deleted = row_count;
  if v_deleted >= p_limit then
    return true;
  end if;
  delete from tasker.task_tag g
  where (g.namespace_id, g.tag, g.task_id) in (
    select k.namespace_id, k.tag, k.task_id
    from tasker.task_tag k
    where k.task_id >= tasker.first_id(v_due.from_at) and k.task_id < tasker.first_id(v_due.until_at)
      -- Of tasks that were carried over, which stay.
      and not exists (select from tasker.task t where t.task_id = k.task_id)
    limit p_limit
    for update skip locked);
  get diagnostics v_deleted = row_count;
  if v_deleted >= p_limit then
    return true;
  end if;
  with gone as (
    delete from tasker.recording r
    where (r.task_id, r.step_no, r.attempt) in (
      select o.task_id, o.step_no, o.attempt
      from tasker.recording o
      where o.task_id >= tasker.first_id(v_due.from_at) and o.task_id < tasker.first_id(v_due.until_at)
        -- Of tasks that were carried over, which stay.
        and not exists (select from tasker.task t where t.task_id = o.task_id)
      limit p_limit
      for update skip locked)
    returning octet_length(r.content) as bytes
  )
  select count(*), coalesce(sum(g.bytes), 0) into v_deleted, v_bytes from gone g;
  if v_deleted > 0 then
    -- Nothing is locked after this.
    perform tasker.add_recording_bytes(-v_bytes);
    return true;
  end if;
  v_name := to_char(v_due.from_at, 'YYYYMMDD');
  execute format('drop table tasker.%I, tasker.%I, tasker.%I', 'step_' || v_name, 'task_' || v_name, 'transition_' || v_name);
  execute format('alter table tasker.attempt_log detach partition tasker.%I', 'attempt_log_' || v_name);
  execute format('insert into tasker.attempt_log_carried
                  select l.* from tasker.task_carried t join tasker.%I l on l.task_id = t.task_id
                  where t.task_id >= $1 and t.task_id < $2', 'attempt_log_' || v_name)
    using tasker.first_id(v_due.from_at), tasker.first_id(v_due.until_at);
  execute format('drop table tasker.%I', 'attempt_log_' || v_name);
  delete from tasker.partition_content c where c.from_at = v_due.from_at;
  delete from tasker.partition p where p.from_at = v_due.from_at;
  return true;
exception when lock_not_available then
  return false;
end
$$;
