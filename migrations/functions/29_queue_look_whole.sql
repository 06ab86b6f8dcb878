-- Reads the queue of all namespaces from the beginning, without marks, and returns what tasker.queue_look does of the
-- lanes without a key that took long, and of the ranges of keys in which a lane did. Takes as long as there is much that
-- an old snapshot keeps, and else a probe for each lane. Reads only.
create or replace function tasker.queue_look_whole()
returns table (namespace_id int, lane smallint, low timestamptz, is_found bool, is_slow bool)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set enable_incremental_sort = off
as $$
declare
  v_width constant smallint := tasker.lane_width();
  v_namespace_id int;
  v_lane smallint;
  v_started timestamptz;
begin
  for v_namespace_id in select n.namespace_id from tasker.namespace n loop
    v_lane := -1;
    loop
      v_started := pg_catalog.clock_timestamp();
      select q.lane into v_lane
      from tasker.queue q
      where q.namespace_id = v_namespace_id and q.lane > v_lane
      order by q.lane, q.ready_at limit 1;
      if pg_catalog.clock_timestamp() - v_started > tasker.slow_look() then
        return query
          select l.*
          from tasker.queue_look('-infinity', array_fill(v_namespace_id, array[10]),
                                 array(select (p * v_width)::smallint from generate_series(0, 9) p)) l
          where l.is_slow;
        return query
          select l.*
          from generate_series(0, 9) p
          cross join lateral tasker.queue_look_keys(v_namespace_id, p, '-infinity', '{}', '{}') l
          where tasker.has_slow_key(v_namespace_id, p);
        exit;
      end if;
      exit when v_lane is null;
    end loop;
  end loop;
end
$$;
