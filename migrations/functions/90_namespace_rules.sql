-- What these namespaces say of their own tasks and components; those that do not exist are left out. A function and
-- not a query of the host, because PostgreSQL would plan that anew for each call: the plan takes longer than the rows.
-- Reads only.
create or replace function tasker.namespace_rules(p_namespace text[])
returns setof tasker.namespace_rule
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
begin
  return query select r.* from tasker.namespace_rule r where r.namespace = any (p_namespace);
end
$$;
