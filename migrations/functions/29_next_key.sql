-- After which key the next claim of a worker begins, by what this one claimed of the lanes that tasker.queue_keys
-- returned: after the last key of a priority that got a step, where others did not. Of several priorities, or namespaces,
-- the nearest, so that no key of any is passed by. Where none got a step, after the last key that was looked at. No
-- farther than p_window, the lanes that were looked at where a range has a mark; null where none has.
--
-- Only where a lane of a key has due steps or a range a mark. Reads the steps that were claimed, no other.
create or replace function tasker.next_key(
  p_after_key smallint, p_claimed tasker.claimed_step[], p_namespace_id int[], p_lane smallint[], p_is_cut bool[],
  p_window int
) returns smallint
language plpgsql stable
set search_path = ''
as $$
declare
  v_width constant smallint := tasker.lane_width();
  v_ahead int;
begin
  with served as materialized (
    select distinct s.namespace_id, s.lane
    from unnest(p_claimed) k join tasker.step s on s.task_id = k.task_id and s.step_no = k.step_no
  ), area as (
    -- How far ahead of p_after_key, round; the key itself is the farthest.
    select max((n.lane % v_width - p_after_key - 1 + v_width) % v_width + 1) filter (where s.lane is not null) as served,
           max((n.lane % v_width - p_after_key - 1 + v_width) % v_width + 1) as looked_at
    from unnest(p_namespace_id, p_lane, p_is_cut) as n (namespace_id, lane, is_cut)
    left join served s on s.namespace_id = n.namespace_id and s.lane = n.lane
    group by n.namespace_id, n.lane / v_width
    having bool_or(n.is_cut) or bool_or(n.lane % v_width > 0) and bool_or(s.lane is null)
  )
  select coalesce(least(coalesce(min(a.served), min(a.looked_at)), p_window), 0) into v_ahead from area a;
  return (p_after_key + v_ahead) % v_width;
end
$$;
