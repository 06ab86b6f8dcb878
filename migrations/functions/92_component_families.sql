-- Every version of these components, each named once, by the parallel arrays of namespaces and names. Why it is a
-- function: see tasker.namespace_rules. Reads only.
create or replace function tasker.component_families(p_namespace text[], p_component text[])
returns setof tasker.component_family
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
begin
  return query
    select f.*
    from unnest(p_namespace, p_component) as wanted (namespace, component)
    join tasker.component_family f on f.namespace = wanted.namespace and f.family = wanted.component;
end
$$;
