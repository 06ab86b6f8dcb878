-- How far below the time of a claim its marks in the queue stay (see tasker.queue_turns): longer than a transaction that
-- queues a step takes to commit, but seldom, and short, since claims read what was claimed in that time.
create or replace function tasker.queue_look_back() returns interval
language sql immutable parallel safe
set search_path = ''
as $$ select interval '100 milliseconds' $$;
