-- The lanes that have a step among the next p_window lanes of keys after p_after_key, round, of each range that has a mark
-- (see tasker.queue_turns), with the time of the first step of each; without those that have a mark of their own.
--
-- Only where a range has a mark, so that others pay nothing. A look at each lane from the range's mark on, so it costs
-- p_window looks for each range, whatever an old snapshot keeps. Reads only. The settings of its caller,
-- tasker.claim_ready, apply.
create or replace function tasker.queue_walk(
  p_now timestamptz, p_after_key smallint, p_window int, p_marked int[], p_marked_lane smallint[], p_low timestamptz[]
) returns table (namespace_id int, lane smallint, ready_at timestamptz)
language plpgsql stable
set search_path = ''
as $$
declare
  v_width constant smallint := tasker.lane_width();
begin
  return query
    with marked as materialized (
      select m.namespace_id, array_agg(m.lane order by m.lane) as lanes,
             array_agg(m.low order by m.lane) filter (where m.lane < 0) as lows
      from unnest(p_marked, p_marked_lane, p_low) as m (namespace_id, lane, low)
      group by m.namespace_id
      having min(m.lane) < 0
    )
    select m.namespace_id, w.lane, f.ready_at
    from marked m
    cross join lateral (
      -- Those of ranges are the first.
      select r.lane as range, case when r.low > p_now or r.low <= 'epoch' then '-infinity' else r.low end as low
      from unnest(m.lanes, m.lows) as r (lane, low)
      where r.lane < 0
    ) r
    cross join lateral (
      select ((-r.range - 1) * v_width + (p_after_key + i) % v_width)::smallint as lane
      from generate_series(1, p_window) i
    ) w
    cross join lateral (
      select q.ready_at
      from tasker.queue q
      where q.namespace_id = m.namespace_id and q.lane = w.lane and q.ready_at >= r.low
      order by q.ready_at limit 1
    ) f
    where w.lane % v_width > 0 and w.lane <> all (m.lanes);
end
$$;
