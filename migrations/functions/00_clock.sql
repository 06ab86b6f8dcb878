-- The time that the engine goes by: the database's clock, or what the setting `tasker.now` says.
--
-- Tests set `tasker.now` on their connection or database; nothing else may. Volatile on purpose:
-- two calls in one transaction may differ.
create or replace function tasker.clock() returns timestamptz
language sql volatile parallel safe
set search_path = ''
as $$
  select coalesce(nullif(pg_catalog.current_setting('tasker.now', true), '')::timestamptz,
                  pg_catalog.clock_timestamp())
$$;
