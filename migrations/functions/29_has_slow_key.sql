-- Whether it takes long to find the lane of a key that has a step from one to the next in this priority of a namespace,
-- because of what an old snapshot keeps in the index. A probe for each lane that has a step. Reads only. The settings of
-- its caller, tasker.queue_look_whole, apply.
create or replace function tasker.has_slow_key(p_namespace_id int, p_priority int) returns bool
language plpgsql
set search_path = ''
as $$
declare
  v_width constant smallint := tasker.lane_width();
  v_lane smallint := p_priority * v_width;
  v_started timestamptz;
begin
  loop
    v_started := pg_catalog.clock_timestamp();
    select q.lane into v_lane
    from tasker.queue q
    where q.namespace_id = p_namespace_id and q.lane > v_lane and q.lane < (p_priority + 1) * v_width
    order by q.lane, q.ready_at limit 1;
    if pg_catalog.clock_timestamp() - v_started > tasker.slow_look() then
      return true;
    end if;
    exit when v_lane is null;
  end loop;
  return false;
end
$$;
