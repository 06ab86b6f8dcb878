-- The templates of each of these namespaces by name, behind p_after (null: from the first on), at most p_limit of each, by the
-- parallel arrays, in which `ord` is the place, from 1. Why it is a function: see tasker.namespace_rules.
--
-- Locks: nothing. Reads what it returns.
create or replace function tasker.templates_of_namespaces(p_namespaces text[], p_after text[], p_limit int[])
returns table (ord int, namespace text, name text, created_at timestamptz)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select a.ord::int, n.name, f.name, f.created_at
  from unnest(p_namespaces, p_after, p_limit) with ordinality a (namespace, after, items, ord)
  join tasker.namespace n on n.name = a.namespace
  cross join lateral (
    select o.name, o.created_at
    from tasker.template o
    where o.namespace_id = n.namespace_id and o.name > coalesce(a.after, '')
    order by o.name
    limit a.items
  ) f
  order by a.ord, f.name;
end
$$;
