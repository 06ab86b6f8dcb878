-- A message without what differs from case to case: quoted parts are `…`, and ids, digests and numbers are `#`. At most
-- 200 characters, of the first 1,000.
create or replace function tasker.message_shape(p_message text) returns text
language sql immutable strict parallel safe
set search_path = ''
as $$
  select left(
    regexp_replace(
      regexp_replace(
        regexp_replace(left(p_message, 1000), '"[^"]*"|`[^`]*`|''[^'']*''', '…', 'g'),
        '\m[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\M|\m[0-9a-fA-F]*[0-9][0-9a-fA-F]{7,}\M', '#', 'g'),
      '[0-9]+([.,:][0-9]+)*', '#', 'g'),
    200)
$$;
