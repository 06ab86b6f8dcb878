-- Whose turn it is: the namespaces that have due steps and are not paused, in the order of their ids from the one after
-- p_after and round, with the share of p_limit steps that each gets in this claim by its weight, at least one. At most
-- p_limit namespaces. No row if nothing is due.
--
-- Its cost grows with the namespaces that have anything in the queue, and not with how much each has. Reads only. The
-- settings of its caller, tasker.claim_ready, apply.
create or replace function tasker.queue_turns(p_now timestamptz, p_limit int, p_after int)
returns table (namespace_id int, share int)
language plpgsql stable
set search_path = ''
as $$
begin
  return query
    with recursive after as (
      (select q.namespace_id, q.ready_at
       from tasker.queue q where q.namespace_id > p_after
       order by q.namespace_id, q.ready_at limit 1)
      union all
      select n.namespace_id, n.ready_at
      from after a
      cross join lateral (
        select q.namespace_id, q.ready_at
        from tasker.queue q where q.namespace_id > a.namespace_id
        order by q.namespace_id, q.ready_at limit 1
      ) n
    ), before as (
      (select q.namespace_id, q.ready_at
       from tasker.queue q where q.namespace_id <= p_after
       order by q.namespace_id, q.ready_at limit 1)
      union all
      select n.namespace_id, n.ready_at
      from before b
      cross join lateral (
        select q.namespace_id, q.ready_at
        from tasker.queue q where q.namespace_id > b.namespace_id and q.namespace_id <= p_after
        order by q.namespace_id, q.ready_at limit 1
      ) n
    ), due as materialized (
      select h.namespace_id, coalesce(r.weight, 1) as weight
      from (select a.namespace_id, a.ready_at from after a
            union all
            select b.namespace_id, b.ready_at from before b) h
      left join tasker.queue_rule r on r.namespace_id = h.namespace_id
      where h.ready_at <= p_now and r.is_paused is not true
      limit p_limit
    )
    select d.namespace_id, greatest(1, p_limit * d.weight / sum(d.weight) over ())::int
    from due d;
end
$$;
