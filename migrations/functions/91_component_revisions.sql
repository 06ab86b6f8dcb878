-- How often what new tasks may take of each of these components has changed, by the parallel arrays of namespaces and
-- names; those that do not exist are left out. Why it is a function: see tasker.namespace_rules. Reads only.
create or replace function tasker.component_revisions(p_namespace text[], p_component text[])
returns table (namespace text, families_revision bigint, component text, revision bigint)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
begin
  return query
    select n.name, n.families_revision, c.name, c.revision
    from unnest(p_namespace, p_component) as wanted (namespace, component)
    join tasker.namespace n on n.name = wanted.namespace
    join tasker.component c on c.namespace_id = n.namespace_id and c.name = wanted.component;
end
$$;
