-- The maximum of attempts of a step, of which those that do not count against max_attempts (checkpoints, releases) have
-- no other limit. The number of an attempt is an int; this leaves room for attempts that are given back after the
-- last one that may fail.
create or replace function tasker.attempts_max() returns int
language sql immutable parallel safe
set search_path = ''
as $$ select 2000000000 $$;
