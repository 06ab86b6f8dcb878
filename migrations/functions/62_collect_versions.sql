-- Removes the bytes of those of p_among that tasker.collectable_versions allows, and excludes them from new tasks;
-- the bytes of a digest stay until every version of it is collected. Returns what it collected, with the freed
-- bytes: 0 if another version has the same bytes.
--
-- The caller found p_among by tasker.collectable_versions before it locked anything; only these are checked again.
-- The caller has locked the row of tasker.registry_generation, so that p_wanted stays valid: no pin, status or
-- template changes in between. This function waits for no transaction that waits for that row: versions, their
-- components, namespaces and bytes that are locked (resolved, changed, published) are left to the next call. It only
-- waits for tasks that are being created, for lock_timeout at most (55P03: nothing was collected). See the lock in
-- tasker.create_tasks, which waits for this function and then finds its lock stale. Idempotent.
create or replace function tasker.collect_versions(
  p_now timestamptz, p_older_than interval, p_wanted int[], p_among int[], p_actor text
) returns table (namespace text, component text, version text, digest bytea, freed_bytes bigint)
language plpgsql
set search_path = '' set lock_timeout = '200ms'
as $$
declare
  v_versions int[];
  v_digests bytea[];
  v_freed bytea[];
begin
  select array_agg(k.component_version_id) into v_versions
  from (select v.component_version_id
        from tasker.component_version v
        join tasker.component c using (component_id)
        join tasker.namespace n using (namespace_id)
        where v.component_version_id = any (p_among)
        order by v.component_version_id
        for update of v skip locked
        for no key update of c, n skip locked) k;
  if v_versions is null then
    return;
  end if;

  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('tasker.create_tasks'));
  -- A new statement: it sees the tasks that were waited for.
  select array_agg(c.component_version_id) into v_versions
  from tasker.collectable_versions(p_now, p_older_than, p_wanted, v_versions) c;
  if v_versions is null then
    return;
  end if;
  update tasker.component_version v set collected_at = p_now
  where v.component_version_id = any (v_versions);
  -- Hosts list anew what these components have.
  update tasker.component c set revision = c.revision + 1
  where c.component_id in (select v.component_id from tasker.component_version v
                           where v.component_version_id = any (v_versions));
  update tasker.namespace n set revision = n.revision + 1, families_revision = n.families_revision + 1
  where n.namespace_id in (select c.namespace_id from tasker.component_version v
                           join tasker.component c using (component_id)
                           where v.component_version_id = any (v_versions));
  update tasker.lock l set is_stale = true
  where not l.is_stale
    and l.lock_id in (select e.lock_id from tasker.lock_entry e where e.component_version_id = any (v_versions));

  select array_agg(k.digest) into v_digests
  from (select b.digest
        from tasker.component_blob b
        where b.digest in (select v.digest from tasker.component_version v where v.component_version_id = any (v_versions))
          and not exists (select from tasker.component_version v where v.digest = b.digest and v.collected_at is null)
        order by b.digest
        for update skip locked) k;
  -- A new statement: it sees a publish that ended before the lock was had.
  with freed as (
    delete from tasker.component_blob b
    where b.digest = any (v_digests)
      and not exists (select from tasker.component_version v where v.digest = b.digest and v.collected_at is null)
    returning b.digest
  )
  select array_agg(f.digest) into v_freed from freed f;

  return query
    with collected as (
      select n.name as namespace, c.name as component, v.version, v.digest,
             case when v.digest = any (v_freed)
                       and row_number() over (partition by v.digest order by v.component_version_id) = 1
                  then v.size_bytes::bigint else 0 end as freed_bytes,
             v.component_version_id
      from tasker.component_version v
      join tasker.component c using (component_id)
      join tasker.namespace n using (namespace_id)
      where v.component_version_id = any (v_versions)
    ), logged as (
      insert into tasker.audit (actor, action, namespace, subject, detail)
      select p_actor, 'component.collect', k.namespace, 'component ' || k.component || '@' || k.version,
             json_build_object('digest', encode(k.digest, 'hex'), 'freed_bytes', k.freed_bytes)
      from collected k
      order by k.component_version_id
    )
    select k.namespace, k.component, k.version, k.digest, k.freed_bytes
    from collected k
    order by k.component_version_id;
end
$$;
