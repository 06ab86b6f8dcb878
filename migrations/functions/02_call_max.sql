-- The longest time between the moment when a claim (or a report that claims) reads the clock and the moment when its
-- worker has the answer or has given the call up. The host's limits of its calls are shorter (a test compares them).
create or replace function tasker.call_max() returns interval
language sql immutable parallel safe
set search_path = ''
as $$ select interval '30 seconds' $$;
