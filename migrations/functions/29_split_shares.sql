-- Divides the share of each namespace among its due lanes by the priority and the age of what is first in them: a step
-- counts as due tasker.priority_lead() earlier for each level. Takes the lanes in the order of their turns, each with
-- the time of its first step and the share of its namespace; returns those that get any.
--
-- Only where a namespace has due steps of several priorities, so that others pay nothing. Reads as many entries of each
-- lane as the namespace gets steps, none that is not due. Reads only. The settings of its caller, tasker.claim_ready,
-- apply.
create or replace function tasker.split_shares(
  p_now timestamptz, p_namespace_id int[], p_priority smallint[], p_ready_at timestamptz[], p_share int[]
) returns table (namespace_ids int[], priorities smallint[], ready_at timestamptz[], shares int[])
language plpgsql stable
set search_path = ''
as $$
declare
  v_lead constant interval := tasker.priority_lead();
begin
  return query
    with lane as materialized (
      select * from unnest(p_namespace_id, p_priority, p_ready_at, p_share)
        with ordinality as l (namespace_id, priority, ready_at, share, turn)
    ), divided as (
      select n.namespace_id, c.priority, count(*)::int as share
      from (select l.namespace_id, max(l.share) as share from lane l group by l.namespace_id) n
      cross join lateral (
        select l.priority
        from lane l
        cross join lateral (
          select q.ready_at from tasker.queue q
          where q.namespace_id = l.namespace_id and q.priority = l.priority
            and q.ready_at >= l.ready_at and q.ready_at <= p_now
          order by q.ready_at limit l.share
        ) q
        where l.namespace_id = n.namespace_id
        order by q.ready_at - l.priority * v_lead, l.priority desc
        limit n.share
      ) c
      group by n.namespace_id, c.priority
    )
    select array_agg(l.namespace_id order by l.turn), array_agg(l.priority order by l.turn),
           array_agg(l.ready_at order by l.turn), array_agg(d.share order by l.turn)
    from lane l
    join divided d on d.namespace_id = l.namespace_id and d.priority = l.priority;
end
$$;
