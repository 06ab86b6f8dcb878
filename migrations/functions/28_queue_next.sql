-- When the first step of these lanes (a namespace and a priority each) is due after p_now; null if none is within a
-- minute.
--
-- Its cost grows with the lanes, and not with how much each has in the queue. Reads only. The settings of its caller,
-- tasker.claim_ready, apply.
create or replace function tasker.queue_next(p_now timestamptz, p_namespace_id int[], p_priority smallint[])
returns timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
  v_next timestamptz;
begin
  select min(f.ready_at) into v_next
  from unnest(p_namespace_id, p_priority) as n (namespace_id, priority)
  left join tasker.queue_rule r on r.namespace_id = n.namespace_id
  cross join lateral (
    select q.ready_at from tasker.queue q
    where q.namespace_id = n.namespace_id and q.priority = n.priority
      and q.ready_at > p_now and q.ready_at < p_now + interval '1 minute'
    order by q.ready_at limit 1
  ) f
  where r.is_paused is not true;
  return v_next;
end
$$;
