-- The error of a task or step in a few kilobytes: unchanged if it is small, otherwise without its details; null if
-- there is none. For lists; the complete error is read separately.
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
