-- The turns of namespaces (their lanes in the order of turns, with the time of the first step and the share of each) as the limits of
-- running steps leave them: a namespace gets what is free of its slots, and no turn where none is. Returns which rules it
-- locked, and whether another claim has the slots of one of them under its hands (is_contended): it may have some free in a moment.
--
-- Only for namespaces with a limit, so that others pay nothing: p_is_limited. Costs a look at each running step of
-- theirs. Locks: their rows in tasker.queue_rule until the end of the claim, skipping locked ones, so that no two
-- claims give the same slot away. tasker.take_slots records what was claimed.
create or replace function tasker.limited_turns(
  p_namespace_id int[], p_lane smallint[], p_ready_at timestamptz[], p_share int[], p_is_limited bool[]
) returns table (namespace_ids int[], lanes smallint[], ready_at timestamptz[], shares int[], locked int[], is_contended bool)
language plpgsql
set search_path = ''
as $$
declare
  v_limited constant int[] := array(
    select distinct n.namespace_id
    from unnest(p_namespace_id, p_is_limited) as n (namespace_id, is_limited) where n.is_limited);
  v_locked constant int[] := array(
    select r.namespace_id from tasker.queue_rule r where r.namespace_id = any (v_limited) for update skip locked);
begin
  -- A statement of its own: it sees the slots of the claim that had the lock before.
  return query
    with held as materialized (
      select n.namespace_id, count(*) as running
      from unnest(v_locked) as n (namespace_id)
      cross join lateral tasker.slots(n.namespace_id) x
      -- Each step by its key, however many slots the planner expects.
      cross join lateral (
        select from tasker.step s
        where s.task_id = x.task_id and s.step_no = x.step_no and s.state = 'running' and s.attempt = x.attempt
        limit 1
      ) s
      group by n.namespace_id
    ), left_over as (
      select n.turn, n.namespace_id, n.lane, n.ready_at,
             case when not n.is_limited or r.max_running is null then n.share
                  else least(n.share, r.max_running - coalesce(h.running, 0))::int end as share
      from unnest(p_namespace_id, p_lane, p_ready_at, p_share, p_is_limited)
             with ordinality as n (namespace_id, lane, ready_at, share, is_limited, turn)
      left join tasker.queue_rule r on r.namespace_id = n.namespace_id and n.is_limited
      left join held h on h.namespace_id = n.namespace_id and n.is_limited
      where not n.is_limited or n.namespace_id = any (v_locked)
    )
    select array_agg(l.namespace_id order by l.turn), array_agg(l.lane order by l.turn), array_agg(l.ready_at order by l.turn),
           array_agg(l.share order by l.turn), v_locked, cardinality(v_locked) < cardinality(v_limited)
    from left_over l
    where l.share > 0;
end
$$;
