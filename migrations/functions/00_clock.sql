-- The current time of the engine: the database's clock, or the setting `tasker.now`.
--
-- Tests set `tasker.now` on their connection or database; nothing else may. Volatile on purpose: two calls in
-- one transaction may differ. Parallel unsafe, because a volatile PL/pgSQL function starts commands, which
-- parallel workers and their leader must not do. A comparison of a large table with the time therefore reads
-- the time first and passes it as a constant, which also permits an index. PL/pgSQL, because it keeps its plan
-- between calls.
create or replace function tasker.clock() returns timestamptz
language plpgsql volatile parallel unsafe
set search_path = ''
as $$
begin
  return coalesce(nullif(current_setting('tasker.now', true), '')::timestamptz, clock_timestamp());
end
$$;
