-- The time that the engine goes by: the database's clock, or what the setting `tasker.now` says.
--
-- Tests set `tasker.now` on their connection or database; nothing else may. Volatile on purpose:
-- two calls in one transaction may differ. PL/pgSQL, since it keeps its plan from call to call.
create or replace function tasker.clock() returns timestamptz
language plpgsql volatile parallel safe
set search_path = ''
as $$
begin
  return coalesce(nullif(current_setting('tasker.now', true), '')::timestamptz, clock_timestamp());
end
$$;
