-- Which lanes (a namespace and a priority each) have anything in the queue, with the time of the first step of each, and
-- whose turn it is: that of the namespaces that have due steps and are not paused, with the share of p_limit steps that
-- each gets in this claim by its weight, at least one, and whether it has a limit of running steps. Their order is that
-- of their ids, from the one after p_after and round; p_limit of them have a share. Each due lane of a namespace has the
-- whole share of it; where there are several (is_mixed), tasker.split_shares divides it.
--
-- p_marked and p_marked_priority have lanes with a low mark, in ascending order, and p_low the marks: below it a lane
-- has nothing in the queue, by what was read before. Where an old snapshot is open, what was claimed since stays in the
-- index, and to find the first step that is left all of it would be read. A mark ahead of p_now (of before a clock was
-- set back) is none, nor is one at or below the epoch.
--
-- Returns one row for each lane that has anything in the queue or a mark, and ready_at null where it has nothing. Its
-- cost grows with their number, and not with how much each has. Reads only. The settings of its caller,
-- tasker.claim_ready, apply.
create or replace function tasker.queue_turns(
  p_now timestamptz, p_limit int, p_after int,
  p_marked int[] default null, p_marked_priority smallint[] default null, p_low timestamptz[] default null
) returns table (
  namespace_id int, priority smallint, ready_at timestamptz, share int, is_limited bool, is_mixed bool, is_marked bool
)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
    with recursive gap as materialized (
      -- The namespaces without a mark: before each that has one, and after the last. A gap ends before a namespace and
      -- not before a lane: an index scan does not stop at the end of a row comparison, but at that of its first column.
      select coalesce(p_marked[i - 1], 0) as above, coalesce(p_marked[i], 2147483647) as below
      from generate_series(1, coalesce(cardinality(p_marked), 0) + 1) i
    ), unmarked as (
      select g.below, f.namespace_id, f.priority, f.ready_at
      from gap g
      cross join lateral (
        select q.namespace_id, q.priority, q.ready_at
        from tasker.queue q where q.namespace_id > g.above and q.namespace_id < g.below
        order by q.namespace_id, q.priority, q.ready_at limit 1
      ) f
      where g.below > g.above + 1
      union all
      select u.below, n.namespace_id, n.priority, n.ready_at
      from unmarked u
      cross join lateral (
        select q.namespace_id, q.priority, q.ready_at
        from tasker.queue q
        where (q.namespace_id, q.priority) > (u.namespace_id, u.priority) and q.namespace_id < u.below
        order by q.namespace_id, q.priority, q.ready_at limit 1
      ) n
    ), beside as (
      -- The lanes without a mark of namespaces that have one.
      select l.namespace_id, l.priority, f.ready_at
      from (select m.namespace_id, p.priority::smallint as priority
            from unnest(p_marked) as m (namespace_id), generate_series(0, 9) as p (priority)
            except
            select m.namespace_id, m.priority from unnest(p_marked, p_marked_priority) as m (namespace_id, priority)) l
      cross join lateral (
        select q.ready_at
        from tasker.queue q where q.namespace_id = l.namespace_id and q.priority = l.priority
        order by q.ready_at limit 1
      ) f
    ), marked as (
      select m.namespace_id, m.priority, f.ready_at
      from unnest(p_marked, p_marked_priority, p_low) as m (namespace_id, priority, low)
      left join lateral (
        select q.ready_at
        from tasker.queue q
        where q.namespace_id = m.namespace_id and q.priority = m.priority
          and q.ready_at >= case when m.low > p_now or m.low <= 'epoch' then '-infinity' else m.low end
        order by q.ready_at limit 1
      ) f on true
    ), head as materialized (
      select h.*, coalesce(r.weight, 1) as weight, r.max_running is not null as is_limited,
             coalesce(h.ready_at <= p_now, false) and r.is_paused is not true as is_due
      from (select u.namespace_id, u.priority, u.ready_at, false as is_marked from unmarked u
            union all
            select b.namespace_id, b.priority, b.ready_at, false from beside b
            union all
            select m.namespace_id, m.priority, m.ready_at, true from marked m) h
      left join tasker.queue_rule r on r.namespace_id = h.namespace_id
    ), turn as (
      -- Lanes of one namespace are peers of each other.
      select h.*, h.is_due and dense_rank() over namespace <= p_limit as has_turn,
             rank() over namespace = row_number() over namespace as is_first,
             count(*) over namespace > rank() over namespace as is_mixed
      from head h
      window namespace as (order by not h.is_due, h.namespace_id <= p_after, h.namespace_id)
    )
    select t.namespace_id, t.priority, t.ready_at,
           case when t.has_turn
                then greatest(1, p_limit * t.weight / sum(t.weight) filter (where t.has_turn and t.is_first) over ())::int
           end,
           t.is_limited, t.is_mixed, t.is_marked
    from turn t;
end
$$;
