-- These versions of components, by the parallel arrays of namespaces, names and versions, without their bytes; those that do
-- not exist are left out. Why it is a function: see tasker.namespace_rules.
--
-- Locks: nothing. Reads these versions.
create or replace function tasker.component_versions_named(p_namespaces text[], p_components text[], p_versions text[])
returns table (
  component_version_id int, namespace text, component text, version text, digest bytea, size_bytes int, descriptor jsonb,
  status text, is_quarantined boolean, compat_report jsonb, unapproved text[], created_at timestamptz,
  collected_at timestamptz
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select v.component_version_id, n.name, c.name, v.version, v.digest, v.size_bytes, v.descriptor, v.status::text,
         exists (select from tasker.quarantine q where q.digest = v.digest), v.compat_report, v.unapproved, v.created_at,
         v.collected_at
  from unnest(p_namespaces, p_components, p_versions) a (namespace, component, version)
  join tasker.namespace n on n.name = a.namespace
  join tasker.component c on c.namespace_id = n.namespace_id and c.name = a.component
  join tasker.component_version v on v.component_id = c.component_id and v.version = a.version;
end
$$;
