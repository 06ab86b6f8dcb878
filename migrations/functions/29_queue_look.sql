-- Reads the queue of these lanes (a namespace and a priority each) from p_since on, without marks. Returns for each the
-- mark below which it has nothing from p_since on, whether it has anything there (is_found), and whether that took long
-- to find (is_slow), because of what an old snapshot keeps in the index.
--
-- It is what a claim by marks (tasker.queue_turns) leaves out, so that a step that came to be below a mark is found: one
-- whose transaction took longer to commit than tasker.queue_look_back(), or that was moved. Hosts call it in the
-- background, at intervals by how long it took. Reads only.
create or replace function tasker.queue_look(p_since timestamptz, p_namespace_id int[], p_priority smallint[])
returns table (namespace_id int, priority smallint, low timestamptz, is_found bool, is_slow bool)
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
  for namespace_id, priority in select * from unnest(p_namespace_id, p_priority) loop
    v_until := tasker.clock() - tasker.queue_look_back();
    v_started := pg_catalog.clock_timestamp();
    v_first := (
      select q.ready_at from tasker.queue q
      where q.namespace_id = queue_look.namespace_id and q.priority = queue_look.priority and q.ready_at >= p_since
      order by q.ready_at limit 1);
    is_slow := pg_catalog.clock_timestamp() - v_started > tasker.slow_look();
    is_found := v_first is not null;
    low := greatest(least(v_first, v_until), 'epoch');
    return next;
  end loop;
end
$$;
