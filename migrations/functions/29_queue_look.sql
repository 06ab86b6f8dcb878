-- Reads the queue of these lanes of namespaces from p_since on, without marks. Returns for each the
-- mark below which it has nothing from p_since on, whether it has anything there (is_found), and whether that took long
-- to find (is_slow), because of what an old snapshot keeps in the index.
--
-- It is what a claim by marks (tasker.queue_turns) leaves out, so that a step that came to be below a mark is found: one
-- whose transaction took longer to commit than tasker.queue_look_back(), or that was moved. Hosts call it in the
-- background, at intervals by how long it took. Reads only.
--
-- A range of keys (a lane below 0, see tasker.queue_turns) is looked at by tasker.queue_look_keys, together with the lanes of it
-- that have marks of their own: from their marks in p_low on, and from p_since where that is earlier.
create or replace function tasker.queue_look(p_since timestamptz, p_namespace_id int[], p_lane smallint[], p_low timestamptz[] default null)
returns table (namespace_id int, lane smallint, low timestamptz, is_found bool, is_slow bool)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set enable_incremental_sort = off
as $$
declare
  v_started timestamptz;
  v_until timestamptz;
  v_first timestamptz;
begin
  if -1 >= any (p_lane) then
    return query
      with mark as materialized (
        select m.namespace_id, case when m.lane < 0 then -m.lane - 1 else m.lane / tasker.lane_width() end as priority,
               m.lane, least(m.low, p_since) as since
        from unnest(p_namespace_id, p_lane, p_low) as m (namespace_id, lane, low)
        where m.lane < 0 or m.lane % tasker.lane_width() > 0
      ), key_range as materialized (
        select m.namespace_id, m.priority, min(m.since) filter (where m.lane < 0) as since,
               coalesce(array_agg(m.lane) filter (where m.lane >= 0), '{}') as lanes,
               coalesce(array_agg(m.since) filter (where m.lane >= 0), '{}') as lows
        from mark m group by m.namespace_id, m.priority
      )
      select l.*
      from key_range r
      cross join lateral tasker.queue_look_keys(r.namespace_id, r.priority, r.since, r.lanes, r.lows) l
      where r.since is not null;
  end if;
  for namespace_id, lane in
    select m.* from unnest(p_namespace_id, p_lane) as m (namespace_id, lane)
    where m.lane >= 0 and m.lane % tasker.lane_width() = 0
  loop
    v_until := tasker.clock() - tasker.queue_look_back();
    v_started := pg_catalog.clock_timestamp();
    v_first := (
      select q.ready_at from tasker.queue q
      where q.namespace_id = queue_look.namespace_id and q.lane = queue_look.lane and q.ready_at >= p_since
      order by q.ready_at limit 1);
    is_slow := pg_catalog.clock_timestamp() - v_started > tasker.slow_look();
    is_found := v_first is not null;
    low := greatest(least(v_first, v_until), 'epoch');
    return next;
  end loop;
end
$$;
