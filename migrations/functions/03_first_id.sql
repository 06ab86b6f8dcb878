-- The lowest id that a task of this time can have: ids are UUIDs of version 7, which begin with the milliseconds since
-- 1970 (RFC 9562, section 5.7).
create or replace function tasker.first_id(p_at timestamptz) returns uuid
language sql stable
set search_path = ''
return (pg_catalog.lpad(pg_catalog.to_hex((extract(epoch from p_at) * 1000)::bigint), 12, '0')
        || pg_catalog.repeat('0', 20))::uuid;
