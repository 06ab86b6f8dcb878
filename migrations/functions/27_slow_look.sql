-- From when on a lane of the queue takes long to read to its first step: about a thousand entries of what is not there
-- any more.
create or replace function tasker.slow_look() returns interval
language sql immutable parallel safe
set search_path = ''
as $$ select interval '200 microseconds' $$;
