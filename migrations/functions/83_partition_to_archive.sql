-- The next tasks of the oldest partition that is due (tasker.partition_due) and not archived as a whole yet, in the order
-- of their ids: at most p_limit, and of v_steps_max steps together, or one. The caller archives them and calls
-- tasker.note_archived in the same transaction. Where none is left, it notes that the partition is archived;
-- tasker.drop_partition may then drop it. Returns whether to call again: false if no partition is due, or if it is the
-- turn of another host.
--
-- Locks: the pace of retention, so one host at a time is at it; then the row of the partition, if none is left. Waits
-- for nothing else. If its transaction fails, the next call finds the same.
create or replace function tasker.partition_to_archive(
  p_limit int, out from_at timestamptz, out returns int, out task_ids uuid[], out is_more_due bool
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_steps_max constant bigint := 5000;
  v_due record;
  v_from uuid;
  v_until uuid;
begin
  task_ids := '{}';
  is_more_due := false;
  perform from tasker.retention_pace p where p.next_at <= tasker.clock() for update skip locked;
  if not found then
    return;
  end if;
  select d.from_at, d.until_at, p.archived_through, p.returns into v_due
  from tasker.partition_due d
  join tasker.partition p using (from_at)
  where d.due_at <= tasker.clock() and p.archived_at is null
  order by d.from_at
  limit 1;
  if not found then
    return;
  end if;
  from_at := v_due.from_at;
  returns := v_due.returns;
  is_more_due := true;
  v_from := tasker.first_id(v_due.from_at);
  v_until := tasker.first_id(v_due.until_at);
  if v_due.archived_through is not null then
    v_from := v_due.archived_through;
  end if;
  task_ids := array(
    select s.task_id
    from (
      select h.task_id, row_number() over (order by h.task_id) as nth,
             sum((select count(*) from tasker.step_template st
                  where st.template_version_id = h.template_version_id)) over (order by h.task_id) as steps
      from (
        select t.task_id, t.template_version_id
        from tasker.task_history t
        where t.task_id >= v_from and t.task_id < v_until
          and (v_due.archived_through is null or t.task_id > v_due.archived_through)
        order by t.task_id
        limit p_limit
      ) h
    ) s
    where s.steps <= v_steps_max or s.nth = 1
    order by s.task_id);
  if task_ids = '{}' then
    update tasker.partition p set archived_at = tasker.clock()
    where p.from_at = v_due.from_at and p.returns = v_due.returns;
  end if;
end
$$;
