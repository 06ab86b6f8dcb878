-- How many lanes of the queue each priority of a namespace has: the first for steps without a queue key, the others for
-- hashes of keys. A lane is priority * width + hash, so that all lanes are of type smallint. What callers invent as keys
-- makes no more lanes than that.
create or replace function tasker.lane_width() returns smallint
language sql immutable parallel safe
set search_path = ''
as $$ select 3276::smallint $$;
