-- Makes the partitions of the log for this month and the next, named by month. Rows that came while
-- one was missing are in the default partition; such a month stays there. Idempotent; called at
-- every start and daily.
--
-- Locks: the log, against everything, only where a partition is missing.
create or replace function tasker.ensure_partitions() returns void
language plpgsql
set search_path = '' set timezone = 'UTC' set datestyle = 'ISO'
as $$
declare
  v_month timestamptz;
  v_next timestamptz;
  v_name text;
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('tasker.ensure_partitions'));
  for v_month in
    select date_trunc('month', tasker.clock()) + make_interval(months => n) from generate_series(0, 1) n
  loop
    v_next := v_month + interval '1 month';
    v_name := 'transition_' || to_char(v_month, 'YYYYMM');
    continue when pg_catalog.to_regclass('tasker.' || v_name) is not null;
    -- Before looking, so that no row comes between the look and the partition.
    lock table tasker.transition in access exclusive mode;
    if not exists (select from tasker.transition_default d where d.at >= v_month and d.at < v_next) then
      execute format('create table tasker.%I partition of tasker.transition for values from (%L) to (%L)',
                     v_name, v_month, v_next);
    end if;
  end loop;
end
$$;
