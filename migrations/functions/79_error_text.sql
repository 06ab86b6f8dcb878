-- A member of a stored error as text; null where it has none, and where PostgreSQL cannot read it.
create or replace function tasker.error_text(p_error json, p_member text) returns text
language plpgsql immutable strict
set search_path = ''
as $$
begin
  return p_error ->> p_member;
exception when data_exception then
  return null;
end
$$;
