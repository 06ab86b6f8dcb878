-- What a task or step came to, in a few kilobytes: as it is where it is small, else what it says without
-- its details; null if there is none. For lists; the whole is read by itself.
create or replace function tasker.brief_error(p_error json) returns json
language sql immutable strict parallel safe
set search_path = ''
as $$
  select case
    when octet_length(p_error::text) <= 4096 then p_error
    else json_strip_nulls(json_build_object(
      'step', p_error -> 'step',
      'kind', p_error -> 'kind',
      'code', left(p_error ->> 'code', 200),
      'message', left(p_error ->> 'message', 1000),
      'reason', left(p_error ->> 'reason', 1000),
      'conflicts', p_error -> 'conflicts',
      'is_cut', true))
  end
$$;
