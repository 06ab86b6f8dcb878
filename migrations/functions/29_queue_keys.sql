-- Puts the lanes of keys that have due steps in the place of the first of each priority, which tasker.queue_turns found:
-- those after p_after_key and round, as many as the namespace has a share of steps in this claim. So each key gets a turn,
-- and a namespace costs no more however many keys it has. The lane without a key is one of them, as the key 0. Lanes of
-- priorities without keys are returned as they are. Returns of each also whether it is of those of a priority that has
-- more (is_cut).
--
-- Of a range of keys that has a mark tasker.queue_turns found all that are to be found; they are put in that order.
--
-- Only where a lane of a key has due steps, so that others pay nothing. A look at a key reads what an old snapshot
-- keeps in its lane until its range has a mark; none is looked at after v_slow_max looks that took longer than tasker.slow_look().
-- Reads only. The settings of its caller, tasker.claim_ready, apply.
create or replace function tasker.queue_keys(
  p_now timestamptz, p_after_key smallint, p_namespace_id int[], p_lane smallint[], p_ready_at timestamptz[],
  p_share int[], p_marked int[], p_marked_lane smallint[]
) returns table (namespace_ids int[], lanes smallint[], ready_at timestamptz[], shares int[], cut bool[])
language plpgsql stable
set search_path = ''
as $$
declare
  v_slow_max constant int := 16;
  v_slow int := 0;
  v_started timestamptz;
  v_width constant smallint := tasker.lane_width();
  v_area record;
  v_base smallint;
  v_lane smallint;
  v_end smallint;
  v_found smallint;
  v_found_at timestamptz;
  v_is_round bool;
  v_is_cut bool;
  v_seen int;
begin
  for v_area in
    select t.namespace_id, t.lane / v_width as priority, max(t.share) as share, count(*)::int as lanes,
           bool_or(t.lane % v_width > 0) as has_keys,
           (t.namespace_id, -(t.lane / v_width) - 1) in (
             select m.namespace_id, m.lane from unnest(p_marked, p_marked_lane) as m (namespace_id, lane)) as is_marked,
           array_agg(t.lane order by (t.lane % v_width - p_after_key - 1 + v_width) % v_width) as found,
           array_agg(t.ready_at order by (t.lane % v_width - p_after_key - 1 + v_width) % v_width) as found_at
    from unnest(p_namespace_id, p_lane, p_ready_at, p_share) with ordinality as t (namespace_id, lane, ready_at, share, turn)
    group by t.namespace_id, t.lane / v_width
    order by min(t.turn)
  loop
    if v_area.is_marked or not v_area.has_keys then
      v_seen := least(v_area.lanes, v_area.share);
      namespace_ids := namespace_ids || array_fill(v_area.namespace_id, array[v_seen]);
      lanes := lanes || v_area.found[:v_seen];
      ready_at := ready_at || v_area.found_at[:v_seen];
      shares := shares || array_fill(v_area.share, array[v_seen]);
      cut := cut || array_fill(v_area.lanes > v_seen, array[v_seen]);
      continue;
    end if;
    v_base := v_area.priority * v_width;
    v_lane := v_base + p_after_key;
    v_end := v_base + v_width - 1;
    v_is_round := false;
    v_is_cut := false;
    v_seen := 0;
    loop
      v_started := pg_catalog.clock_timestamp();
      select q.lane, q.ready_at into v_found, v_found_at
      from tasker.queue q
      where q.namespace_id = v_area.namespace_id and q.lane > v_lane and q.lane <= v_end
      order by q.lane, q.ready_at limit 1;
      v_slow := v_slow + (pg_catalog.clock_timestamp() - v_started > tasker.slow_look())::int;
      if v_found is null then
        exit when v_is_round;
        v_is_round := true;
        v_lane := v_base - 1;
        v_end := v_base + p_after_key;
        continue;
      end if;
      v_lane := v_found;
      -- A delayed step without a key, or one of a key where the clock was set back.
      continue when v_found_at > p_now;
      v_is_cut := v_seen >= v_area.share or v_seen > 0 and v_slow > v_slow_max;
      exit when v_is_cut;
      namespace_ids := namespace_ids || v_area.namespace_id;
      lanes := lanes || v_found;
      ready_at := ready_at || v_found_at;
      shares := shares || v_area.share;
      v_seen := v_seen + 1;
    end loop;
    cut := cut || array_fill(v_is_cut, array[v_seen]);
  end loop;
  return next;
end
$$;
