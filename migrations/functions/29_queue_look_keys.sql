-- Reads the lanes of keys of one priority of a namespace from p_since on, those in p_lane from their time in p_from.
-- Returns the lanes with the oldest first steps, v_own_max of them at most, each with that time, to have marks of their
-- own; and the range, as the lane -(p_priority + 1), with the mark below which no other has anything. So a key with very
-- many steps does not hold the mark of the others.
--
-- A look at each lane, and what an old snapshot keeps in it since then. Reads only. The settings of its callers,
-- tasker.queue_look and tasker.queue_look_whole, apply.
create or replace function tasker.queue_look_keys(
  p_namespace_id int, p_priority int, p_since timestamptz, p_lane smallint[], p_from timestamptz[]
) returns table (namespace_id int, lane smallint, low timestamptz, is_found bool, is_slow bool)
language plpgsql
set search_path = ''
as $$
declare
  v_own_max constant int := 16;
  v_width constant smallint := tasker.lane_width();
  v_until constant timestamptz := tasker.clock() - tasker.queue_look_back();
begin
  return query
    with live as materialized (
      select l.lane, f.ready_at
      from (select (p_priority * v_width + k)::smallint as lane, p_since as since
            from generate_series(1, v_width - 1) k
            where (p_priority * v_width + k)::smallint <> all (p_lane)
            union all
            select o.lane, o.since from unnest(p_lane, p_from) as o (lane, since)) l
      cross join lateral (
        select q.ready_at
        from tasker.queue q
        where q.namespace_id = p_namespace_id and q.lane = l.lane and q.ready_at >= l.since
        order by q.ready_at limit 1
      ) f
    ), ranked as materialized (
      select l.*, row_number() over (order by l.ready_at, l.lane) as rank from live l
    )
    select p_namespace_id, r.lane, greatest(r.ready_at, 'epoch'), true, true
    from ranked r where r.rank <= v_own_max
    union all
    select p_namespace_id, (-p_priority - 1)::smallint,
           greatest(least((select r.ready_at from ranked r where r.rank = v_own_max + 1), v_until), 'epoch'),
           exists (select from ranked), true;
end
$$;
