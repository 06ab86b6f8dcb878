-- Every version of these templates, each named once, by the parallel arrays of namespaces and names. Why it is a
-- function: see tasker.namespace_rules. Reads only.
create or replace function tasker.template_families(p_namespace text[], p_template text[])
returns setof tasker.template_family
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
begin
  return query
    select f.*
    from unnest(p_namespace, p_template) as wanted (namespace, template)
    join tasker.template_family f on f.namespace = wanted.namespace and f.family = wanted.template;
end
$$;
