-- When the first step is due after p_now, of all namespaces that are not paused; null if none is within a minute.
--
-- Its cost grows with the namespaces that have anything in the queue, and not with how much each has. Reads only. The
-- settings of its caller, tasker.claim_ready, apply.
create or replace function tasker.queue_next(p_now timestamptz) returns timestamptz
language plpgsql stable
set search_path = ''
as $$
declare
  v_next timestamptz;
begin
  with recursive waiting as (
    (select q.namespace_id from tasker.queue q order by q.namespace_id, q.ready_at limit 1)
    union all
    select n.namespace_id
    from waiting w
    cross join lateral (
      select q.namespace_id from tasker.queue q
      where q.namespace_id > w.namespace_id
      order by q.namespace_id, q.ready_at limit 1
    ) n
  )
  select min(f.ready_at) into v_next
  from waiting w
  left join tasker.queue_rule r on r.namespace_id = w.namespace_id
  cross join lateral (
    select q.ready_at from tasker.queue q
    where q.namespace_id = w.namespace_id and q.ready_at > p_now and q.ready_at < p_now + interval '1 minute'
    order by q.ready_at limit 1
  ) f
  where r.is_paused is not true;
  return v_next;
end
$$;
