-- Divides the share of each namespace among its due lanes. Each priority gets as many steps by its age as of what waits
-- in it: a step counts as due tasker.priority_lead() earlier for each level. Within a priority the lane without a key and
-- those of keys get one step each, then another each, as long as there are any. Takes the lanes in the order of their
-- turns, each with the time of its first step and the share of its namespace; returns those that get any, and whether a
-- due step is left in one (is_left).
--
-- Only where a namespace has due steps of several lanes, so that others pay nothing. Reads as many entries of each lane
-- as it may get and one more, none that is not due: of each priority as many as the namespace gets steps, and two for
-- each key. Reads only. The settings of its caller, tasker.claim_ready, apply.
create or replace function tasker.split_shares(
  p_now timestamptz, p_namespace_id int[], p_lane smallint[], p_ready_at timestamptz[], p_share int[]
) returns table (namespace_ids int[], lanes smallint[], ready_at timestamptz[], shares int[], is_left bool)
language plpgsql stable
set search_path = ''
as $$
declare
  v_lead constant interval := tasker.priority_lead();
  v_width constant smallint := tasker.lane_width();
begin
  return query
    with lane as materialized (
      select l.*, l.lane / v_width as priority,
             (l.share - 1) / count(*) over (partition by l.namespace_id, l.lane / v_width) + 1 as most
      from unnest(p_namespace_id, p_lane, p_ready_at, p_share)
        with ordinality as l (namespace_id, lane, ready_at, share, turn)
    ), entry as materialized (
      select l.namespace_id, l.priority, l.turn, l.share, l.most, q.ready_at,
             row_number() over (partition by l.turn order by q.ready_at) as round
      from lane l
      cross join lateral (
        select q.ready_at from tasker.queue q
        where q.namespace_id = l.namespace_id and q.lane = l.lane
          and q.ready_at >= l.ready_at and q.ready_at <= p_now
        order by q.ready_at limit l.most + 1
      ) q
    ), aged as (
      select e.namespace_id, e.priority, e.share,
             row_number() over (partition by e.namespace_id order by e.ready_at - e.priority * v_lead, e.priority desc) as rank
      from entry e
    ), level as materialized (
      select a.namespace_id, a.priority, count(*) as steps
      from aged a where a.rank <= a.share group by a.namespace_id, a.priority
    ), ranked as (
      select e.turn, e.namespace_id, e.priority, e.round,
             row_number() over (partition by e.namespace_id, e.priority order by e.round, e.turn) as rank
      from entry e
    ), divided as materialized (
      select r.turn, count(*)::int as share
      from ranked r
      join level v on v.namespace_id = r.namespace_id and v.priority = r.priority and r.rank <= v.steps
      group by r.turn
    )
    select array_agg(l.namespace_id order by l.turn), array_agg(l.lane order by l.turn),
           array_agg(l.ready_at order by l.turn), array_agg(d.share order by l.turn),
           (select count(*) from entry) > sum(d.share) or exists (select from entry e where e.round > e.most)
    from lane l
    join divided d on d.turn = l.turn;
end
$$;
