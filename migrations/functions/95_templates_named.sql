-- These templates, by the parallel arrays of namespaces and names; those that do not exist are left out. Why it is a function:
-- see tasker.namespace_rules.
--
-- Locks: nothing. Reads what it returns.
create or replace function tasker.templates_named(p_namespaces text[], p_names text[])
returns table (namespace text, name text, created_at timestamptz)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select n.name, f.name, f.created_at
  from unnest(p_namespaces, p_names) a (namespace, name)
  join tasker.namespace n on n.name = a.namespace
  join tasker.template f on f.namespace_id = n.namespace_id and f.name = a.name;
end
$$;
