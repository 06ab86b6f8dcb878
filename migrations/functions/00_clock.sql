-- The time that the engine goes by: the database's clock, or what the setting `tasker.now` says.
--
-- Tests set `tasker.now` on their connection or database; nothing else may. Volatile on purpose:
-- two calls in one transaction may differ. Parallel unsafe, since a volatile PL/pgSQL function starts
-- commands, which neither a parallel worker nor its leader may: whoever compares a large table with the
-- time reads the time first and passes it as a constant, which also lets an index be used. PL/pgSQL,
-- since it keeps its plan from call to call.
create or replace function tasker.clock() returns timestamptz
language plpgsql volatile parallel unsafe
set search_path = ''
as $$
begin
  return coalesce(nullif(current_setting('tasker.now', true), '')::timestamptz, clock_timestamp());
end
$$;
