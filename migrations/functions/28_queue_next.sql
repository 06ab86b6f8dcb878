-- When the first step of these lanes of namespaces is due after p_now; null if none is within a
-- minute.
--
-- Its cost grows with the lanes, and not with how much each has in the queue. Reads only. The settings of its caller,
-- tasker.claim_ready, apply.
create or replace function tasker.queue_next(p_now timestamptz, p_namespace_id int[], p_lane smallint[])
returns timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
  v_next timestamptz;
begin
  select min(f.ready_at) into v_next
  from unnest(p_namespace_id, p_lane) as n (namespace_id, lane)
  left join tasker.queue_rule r on r.namespace_id = n.namespace_id
  cross join lateral (
    select q.ready_at from tasker.queue q
    where q.namespace_id = n.namespace_id and q.lane = n.lane
      and q.ready_at > p_now and q.ready_at < p_now + interval '1 minute'
    order by q.ready_at limit 1
  ) f
  where r.is_paused is not true;
  return v_next;
end
$$;
