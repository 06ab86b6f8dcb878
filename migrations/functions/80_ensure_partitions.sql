-- Makes the partitions of the log for this month and the next, named by month. Rows that came while
-- one was missing are in the default partition; such a month stays there. Idempotent; called at
-- every start and daily.
create or replace function tasker.ensure_partitions() returns void
language plpgsql
set search_path = ''
as $$
declare
  v_month date;
  v_name text;
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('tasker.ensure_partitions'));
  for v_month in
    select (date_trunc('month', tasker.clock() at time zone 'UTC') + make_interval(months => n))::date
    from generate_series(0, 1) n
  loop
    v_name := 'transition_' || to_char(v_month, 'YYYYMM');
    if pg_catalog.to_regclass('tasker.' || v_name) is null
       and not exists (select from tasker.transition_default d
                       where d.at >= v_month::timestamp at time zone 'UTC'
                         and d.at < (v_month + interval '1 month') at time zone 'UTC') then
      execute format('create table tasker.%I partition of tasker.transition for values from (%L) to (%L)',
                     v_name, v_month::timestamp at time zone 'UTC',
                     (v_month + interval '1 month') at time zone 'UTC');
    end if;
  end loop;
end
$$;
