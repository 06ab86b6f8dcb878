-- Creates one partition of each of the tables that are partitioned by the task's id: task_<name> and so on, for the ids
-- from p_from to p_until, without p_until. Null is before or behind all ids.
--
-- A check constraint repeats the range: with it the partition can be moved to another table without being read. That
-- of older tasks has none, since its range grows.
--
-- Of tasker.attempt_log, the partition of older tasks takes every id that no other partition has.
--
-- Locks: the tables against other changes of their structure, not against reading and writing; only
-- tasker.attempt_log_carried, which is nearly always empty, against everything.
create or replace function tasker.add_partition(p_name text, p_from uuid, p_until uuid) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_table text;
begin
  foreach v_table in array array['task', 'step', 'transition', 'attempt_log'] loop
    execute format('create table tasker.%I (like tasker.%I including all excluding identity)%s',
                   v_table || '_' || p_name, v_table,
                   -- Room in each page for the changes of its rows.
                   case when v_table in ('task', 'step') then ' with (fillfactor = 45)' end);
    if p_from is not null then
      execute format('alter table tasker.%I add constraint %I check (task_id >= %L and task_id < %L)',
                     v_table || '_' || p_name, v_table || '_is_in_range', p_from, p_until);
    end if;
    if v_table = 'attempt_log' and p_from is null then
      alter table tasker.attempt_log attach partition tasker.attempt_log_carried default;
      continue;
    end if;
    execute format('alter table tasker.%I attach partition tasker.%I for values from (%s) to (%L)',
                   v_table, v_table || '_' || p_name, coalesce(quote_literal(p_from), 'minvalue'), p_until);
  end loop;
end
$$;
