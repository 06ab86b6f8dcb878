-- These versions of templates, by the parallel arrays of namespaces, names and versions; those that do not exist are left
-- out. Why it is a function: see tasker.namespace_rules.
--
-- Locks: nothing. Reads these versions.
create or replace function tasker.template_versions_named(p_namespaces text[], p_templates text[], p_versions text[])
returns table (
  template_version_id int, template_id int, namespace_id int, namespace text, name text, version text, digest bytea,
  source text, definition jsonb, status text, compat_report jsonb, created_at timestamptz
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select v.template_version_id, t.template_id, n.namespace_id, n.name, t.name, v.version, v.digest, v.source,
         v.definition, v.status::text, v.compat_report, v.created_at
  from unnest(p_namespaces, p_templates, p_versions) a (namespace, template, version)
  join tasker.namespace n on n.name = a.namespace
  join tasker.template t on t.namespace_id = n.namespace_id and t.name = a.template
  join tasker.template_version v on v.template_id = t.template_id and v.version = a.version;
end
$$;
