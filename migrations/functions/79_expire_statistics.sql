-- Deletes statistics that are kept no longer, at most v_limit rows of each kind a call: minutes are kept for 6 hours,
-- hours for 62 days, days for 800. For tasker.add_statistics, under its lock.
create or replace function tasker.expire_statistics() returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_limit constant int := 5000;
  v_now constant timestamptz := tasker.clock();
  v_kept record;
begin
  for v_kept in
    select * from (values (1::smallint, interval '6 hours'), (60::smallint, interval '62 days'),
                          (1440::smallint, interval '800 days')) as k (width, keep)
  loop
    delete from tasker.statistic s
    where s.ctid = any (array(
      select o.ctid from tasker.statistic o
      where o.width = v_kept.width and o.at < v_now - v_kept.keep
      order by o.at limit v_limit));
    delete from tasker.error_group g
    where g.ctid = any (array(
      select o.ctid from tasker.error_group o
      where o.width = v_kept.width and o.at < v_now - v_kept.keep
      order by o.at limit v_limit));
  end loop;
end
$$;
