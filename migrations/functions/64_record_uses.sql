-- Records that versions are in use: components whose attempts begin or end, and templates whose tasks are created.
-- Hosts gather both and call this outside of the hot path, once a minute; a row is written again when it is a minute
-- old.
--
-- Locks: rows of tasker.last_use by (kind, version_id). Idempotent.
create or replace function tasker.record_uses(
  p_component_version_id int[], p_template_version_id int[]
) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := tasker.clock();
begin
  insert into tasker.last_use as l (kind, version_id, used_at)
  select u.kind, u.version_id, v_now
  from (select 'component'::tasker.pin_kind as kind, c.id as version_id from unnest(p_component_version_id) as c (id)
        union
        select 'template', t.id from unnest(p_template_version_id) as t (id)) u
  order by u.kind, u.version_id
  on conflict on constraint last_use_pkey do update set used_at = excluded.used_at
    where l.used_at < excluded.used_at - interval '1 minute';
end
$$;
