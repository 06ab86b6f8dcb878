-- The priority of tasks for which nobody sets one; from 0, the lowest, to 9.
create or replace function tasker.default_priority() returns smallint
language sql immutable parallel safe
set search_path = ''
as $$ select 4::smallint $$;
