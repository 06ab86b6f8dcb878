-- Which lanes (see tasker.lane_width) of which namespaces have anything in the queue, with the time of the first step of
-- each, and whose turn it is: that of the namespaces that have due steps and are not paused, with the share of p_limit
-- steps that each gets in this claim by its weight, at least one, and whether it has a limit of running steps. Their
-- order is that of their ids, from the one after p_after and round; p_limit of them have a share. Each due lane of a
-- namespace has the whole share of it; where there are several (is_mixed), tasker.split_shares divides it. Of the lanes
-- of keys of one priority it returns the first: tasker.queue_keys finds the others, so that a namespace costs no more
-- here however many keys it has.
--
-- p_marked and p_marked_lane have lanes with a low mark, in ascending order, and p_low the marks: below it a lane has
-- nothing in the queue, by what was read before. Where an old snapshot is open, what was claimed since stays in the
-- index, and to find the first step that is left all of it would be read. A mark ahead of p_now (of before a clock was
-- set back) is none, nor is one at or below the epoch.
--
-- A mark of the lane -(priority + 1) is that of the range of all keys of the priority: below it no lane of a key has
-- anything, but those that have marks of their own. Of such a range only these are read, and the next p_window lanes after
-- p_after_key (tasker.queue_walk): a range has too many for each claim to look at all. Where a step is in another,
-- tasker.queue_look gives it a mark.
--
-- Returns one row for each of these lanes that has anything in the queue or a mark of its own, and ready_at null where
-- it has nothing. Its cost grows with their number, and not with how much each has. Reads only. The settings of its caller,
-- tasker.claim_ready, apply.
create or replace function tasker.queue_turns(
  p_now timestamptz, p_limit int, p_after int,
  p_marked int[] default null, p_marked_lane smallint[] default null, p_low timestamptz[] default null,
  p_after_key smallint default null, p_window int default null
) returns table (
  namespace_id int, lane smallint, ready_at timestamptz, share int, is_limited bool, is_mixed bool, is_marked bool
)
language plpgsql stable
set search_path = ''
as $$
declare
  v_width constant smallint := tasker.lane_width();
begin
  return query
    with recursive gap as materialized (
      -- The namespaces without a mark: before each that has one, and after the last. A gap ends before a namespace and
      -- not before a lane: an index scan does not stop at the end of a row comparison, but at that of its first column.
      select coalesce(p_marked[i - 1], 0) as above, coalesce(p_marked[i], 2147483647) as below
      from generate_series(1, coalesce(cardinality(p_marked), 0) + 1) i
    ), unmarked as (
      select g.below, f.namespace_id, f.lane, f.ready_at
      from gap g
      cross join lateral (
        select q.namespace_id, q.lane, q.ready_at
        from tasker.queue q where q.namespace_id > g.above and q.namespace_id < g.below
        order by q.namespace_id, q.lane, q.ready_at limit 1
      ) f
      where g.below > g.above + 1
      union all
      select u.below, n.namespace_id, n.lane, n.ready_at
      from unmarked u
      cross join lateral (
        select q.namespace_id, q.lane, q.ready_at
        from tasker.queue q
        -- From the lane of a key on to the end of its priority.
        where (q.namespace_id, q.lane) > (
                u.namespace_id,
                case u.lane % v_width when 0 then u.lane else (u.lane / v_width + 1) * v_width - 1 end::smallint)
          and q.namespace_id < u.below
        order by q.namespace_id, q.lane, q.ready_at limit 1
      ) n
    ), mark as materialized (
      -- From which lane to which.
      select m.namespace_id, case when m.lane < 0 then (-m.lane - 1) * v_width + 1 else m.lane end::smallint as lane,
             case when m.lane < 0 then -m.lane * v_width - 1 else m.lane end::smallint as until
      from unnest(p_marked, p_marked_lane) as m (namespace_id, lane)
    ), space as materialized (
      -- In a namespace with marks: before each lane or range that has one, and after the last.
      select m.namespace_id, coalesce(max(m.until) over lanes, -1::smallint) as above, m.lane as below
      from mark m
      window lanes as (
        partition by m.namespace_id order by m.lane, m.until desc rows between unbounded preceding and 1 preceding)
      union all
      select m.namespace_id, max(m.until), 32767::smallint
      from mark m
      group by m.namespace_id
    ), beside as (
      select s.namespace_id, s.below, f.lane, f.ready_at
      from space s
      cross join lateral (
        select q.lane, q.ready_at
        from tasker.queue q where q.namespace_id = s.namespace_id and q.lane > s.above and q.lane < s.below
        order by q.lane, q.ready_at limit 1
      ) f
      where s.below > s.above + 1
      union all
      select b.namespace_id, b.below, n.lane, n.ready_at
      from beside b
      cross join lateral (
        select q.lane, q.ready_at
        from tasker.queue q
        where q.namespace_id = b.namespace_id and q.lane < b.below
          and q.lane > case b.lane % v_width when 0 then b.lane else (b.lane / v_width + 1) * v_width - 1 end::smallint
        order by q.lane, q.ready_at limit 1
      ) n
    ), marked as (
      select m.namespace_id, m.lane, f.ready_at
      from unnest(p_marked, p_marked_lane, p_low) as m (namespace_id, lane, low)
      left join lateral (
        select q.ready_at
        from tasker.queue q
        where q.namespace_id = m.namespace_id and q.lane = m.lane
          and q.ready_at >= case when m.low > p_now or m.low <= 'epoch' then '-infinity' else m.low end
        order by q.ready_at limit 1
      ) f on true
      where m.lane >= 0
    ), head as materialized (
      select h.*, coalesce(r.weight, 1) as weight, r.max_running is not null as is_limited,
             coalesce(h.ready_at <= p_now, false) and r.is_paused is not true as is_due
      from (select u.namespace_id, u.lane, u.ready_at, false as is_marked from unmarked u
            union all
            select b.namespace_id, b.lane, b.ready_at, false from beside b
            union all
            select m.namespace_id, m.lane, m.ready_at, true from marked m
            union all
            select w.namespace_id, w.lane, w.ready_at, false
            from tasker.queue_walk(p_now, p_after_key, p_window, p_marked, p_marked_lane, p_low) w
            where p_window is not null) h
      left join tasker.queue_rule r on r.namespace_id = h.namespace_id
    ), turn as (
      -- Lanes of one namespace are peers of each other.
      select h.*, h.is_due and dense_rank() over namespace <= p_limit as has_turn,
             rank() over namespace = row_number() over namespace as is_first,
             count(*) over namespace > rank() over namespace as is_mixed
      from head h
      window namespace as (order by not h.is_due, h.namespace_id <= p_after, h.namespace_id)
    )
    select t.namespace_id, t.lane, t.ready_at,
           case when t.has_turn
                then greatest(1, p_limit * t.weight / sum(t.weight) filter (where t.has_turn and t.is_first) over ())::int
           end,
           t.is_limited, t.is_mixed, t.is_marked
    from turn t;
end
$$;
