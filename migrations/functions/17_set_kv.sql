-- Writes one value in place of the current one, or removes it (p_value null). If p_is_checked, its version must
-- be p_expected, or it must not exist if that is null; otherwise it raises the state TK001 and writes nothing.
-- Raises TK002 if the namespace would have more than 10,000 entries. Returns the new version; null if the entry
-- was removed or did not exist.
--
-- Locks: the row. A caller that writes several does so in the order of (bucket, key). A repeated call writes a
-- new version.
create or replace function tasker.set_kv(
  p_namespace_id int, p_bucket text, p_key text, p_value text, p_is_checked bool, p_expected bigint,
  p_task_id uuid
) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_entries_max constant int := 10000;
  v_found bigint;
  v_version bigint;
begin
  loop
    select kv.version into v_found
    from tasker.kv
    where kv.namespace_id = p_namespace_id and kv.bucket = p_bucket and kv.key = p_key
    for update;
    if p_is_checked and v_found is distinct from p_expected then
      raise exception using errcode = 'TK001', message = pg_catalog.format(
        'kv %s/%s was changed by another', p_bucket, p_key);
    end if;

    if p_value is null then
      delete from tasker.kv
      where kv.namespace_id = p_namespace_id and kv.bucket = p_bucket and kv.key = p_key;
      return null;
    elsif v_found is not null then
      update tasker.kv
      set version = nextval('tasker.kv_version'), value = p_value::json, updated_at = tasker.clock(),
          task_id = p_task_id
      where kv.namespace_id = p_namespace_id and kv.bucket = p_bucket and kv.key = p_key
      returning kv.version into v_version;
      return v_version;
    end if;

    -- Close enough: two that come at once may both be let in.
    if (select count(*) from tasker.kv where kv.namespace_id = p_namespace_id) >= v_entries_max then
      raise exception using errcode = 'TK002', message = pg_catalog.format(
        'the namespace has %s kv entries, which is the limit; remove some', v_entries_max);
    end if;
    insert into tasker.kv (namespace_id, bucket, key, value, updated_at, task_id)
    values (p_namespace_id, p_bucket, p_key, p_value::json, tasker.clock(), p_task_id)
    on conflict do nothing
    returning kv.version into v_version;
    -- Else another made it at the same moment: look again.
    if found then
      return v_version;
    end if;
  end loop;
end
$$;
