-- The pins of each of these namespaces by kind and target, behind those of p_kind and p_after (null: from the first on), at
-- most p_limit of each, by the parallel arrays, in which `ord` is the place, from 1. Why it is a function: see tasker.namespace_rules.
--
-- Locks: nothing. Reads what it returns.
create or replace function tasker.pins_of_namespaces(p_namespaces text[], p_kind text[], p_after text[], p_limit int[])
returns table (
  ord int, namespace text, kind text, target text, requirement text, created_at timestamptz, created_by text,
  rollout_requirement text, rollout_percent real, guard jsonb, rollout_started_at timestamptz, paused_because text
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select a.ord::int, n.name, p.kind::text, p.target, p.requirement, p.created_at, p.created_by, p.rollout_requirement,
         p.rollout_percent, p.guard, p.rollout_started_at, p.paused_because
  from unnest(p_namespaces, p_kind, p_after, p_limit) with ordinality a (namespace, kind, after, items, ord)
  join tasker.namespace n on n.name = a.namespace
  cross join lateral (
    select o.*
    from tasker.pin o
    where o.namespace_id = n.namespace_id
      and (a.kind is null or (o.kind, o.target) > (a.kind::tasker.pin_kind, a.after))
    order by o.kind, o.target
    limit a.items
  ) p
  order by a.ord, p.kind, p.target;
end
$$;
