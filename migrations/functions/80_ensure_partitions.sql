-- Creates the partitions of the log for this month and p_months_ahead more, named by month. Rows that were written
-- while a partition was missing are in the default partition; such a month stays there. Returns how many months are
-- still without one, because a lock was not obtained in time or another host is creating them: call it again later.
-- Idempotent; called at every start and twice a day.
--
-- Locks: each for lock_timeout at most. The log is locked against other changes of its structure, not against reading
-- and writing; the default partition, which is read to attach another, against everything: readers of the log wait
-- for lock_timeout at most, writers do not wait. If the default partition has grown, reading it would take too long,
-- and no month is attached any more.
create or replace function tasker.ensure_partitions(p_months_ahead int default 3) returns int
language plpgsql
set search_path = '' set timezone = 'UTC' set datestyle = 'ISO' set lock_timeout = '100ms'
as $$
declare
  v_default_max_bytes constant bigint := 8 << 20;
  v_is_alone constant bool := pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.ensure_partitions'));
  v_this_month constant timestamptz := date_trunc('month', tasker.clock());
  v_month timestamptz;
  v_next timestamptz;
  v_name text;
  v_missing int := 0;
begin
  for v_month in
    select v_this_month + make_interval(months => n) from generate_series(0, p_months_ahead) n order by n
  loop
    v_next := v_month + interval '1 month';
    v_name := 'transition_' || to_char(v_month, 'YYYYMM');
    continue when exists (select from pg_catalog.pg_inherits i
                          where i.inhrelid = pg_catalog.to_regclass('tasker.' || v_name)
                            and i.inhparent = 'tasker.transition'::regclass);
    -- Once a lock was not had, each further try would hold up the readers of the log again.
    if v_missing > 0 or not v_is_alone then
      v_missing := v_missing + 1;
      continue;
    end if;
    begin
      continue when exists (select from tasker.transition_default d where d.at >= v_month and d.at < v_next);
      if pg_catalog.pg_relation_size('tasker.transition_default') > v_default_max_bytes then
        v_missing := v_missing + 1;
        continue;
      end if;
      execute format('create table tasker.%I (like tasker.transition including all excluding identity)', v_name);
      execute format('alter table tasker.transition attach partition tasker.%I for values from (%L) to (%L)',
                     v_name, v_month, v_next);
    exception when lock_not_available or check_violation or duplicate_table then
      v_missing := v_missing + 1;
    end;
  end loop;
  return v_missing;
end
$$;
