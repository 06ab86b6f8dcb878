-- The setting `tasker.now`, null if it is not set, as everywhere but in tests.
--
-- For statements that read the clock row by row: `coalesce(v_fixed, clock_timestamp())` in the set clause of
-- an update costs almost nothing, and is evaluated again after the update has waited for another transaction.
-- So the written time is never before that transaction's change of the row. A clock that was read before the
-- wait may be.
create or replace function tasker.fixed_clock() returns timestamptz
language plpgsql volatile parallel unsafe
set search_path = ''
as $$
begin
  return nullif(current_setting('tasker.now', true), '')::timestamptz;
end
$$;
