-- How much waits in the queue, for each of up to p_namespaces namespaces by id: steps that are due, those that are due
-- later, and since when the oldest that is due has been. Counts p_steps entries at most, the same share of each namespace,
-- and looks at up to p_lanes lanes of each for the oldest; so the cost has a bound, however long the queue is.
--
-- Locks nothing.
create or replace function tasker.queue_depths(p_namespaces int, p_steps int, p_lanes int)
returns table (namespace text, due bigint, delayed bigint, oldest_at timestamptz)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
-- Else a queue that was short when the plan was made is read and sorted as a whole for each step of a walk.
set enable_sort = off set enable_incremental_sort = off
set max_parallel_workers_per_gather = 0
as $$
declare
  v_now constant timestamptz := tasker.clock();
begin
  return query
    with recursive waiting as (
      (select q.namespace_id from tasker.queue q order by q.namespace_id limit 1)
      union all
      select n.namespace_id
      from waiting w
      cross join lateral (
        select q.namespace_id from tasker.queue q where q.namespace_id > w.namespace_id order by q.namespace_id limit 1
      ) n
    )
    select n.name, c.due, c.delayed, o.at
    from (select l.namespace_id, greatest(1, p_steps / count(*) over ()) as share
          from (select w.namespace_id from waiting w limit p_namespaces) l) w
    join tasker.namespace n on n.namespace_id = w.namespace_id
    cross join lateral (
      select count(*) filter (where e.ready_at <= v_now) as due, count(*) filter (where e.ready_at > v_now) as delayed
      from (select q.ready_at from tasker.queue q where q.namespace_id = w.namespace_id limit w.share) e
    ) c
    cross join lateral (
      with recursive lanes as (
        (select q.lane, q.ready_at from tasker.queue q
         where q.namespace_id = w.namespace_id order by q.lane, q.ready_at limit 1)
        union all
        select f.lane, f.ready_at
        from lanes l
        cross join lateral (
          select q.lane, q.ready_at from tasker.queue q
          where q.namespace_id = w.namespace_id and q.lane > l.lane order by q.lane, q.ready_at limit 1
        ) f
      )
      select min(l.ready_at) filter (where l.ready_at <= v_now) as at from (select * from lanes limit p_lanes) l
    ) o;
end
$$;
