-- What the setting `tasker.now` says, and null if it says nothing, as everywhere but in tests.
--
-- For statements that read the clock row by row: `coalesce(v_fixed, clock_timestamp())` in the set clause of
-- an update costs next to nothing, and is evaluated again after the update has waited for another
-- transaction's change of the row. So the time that is written is never before that change, which a clock
-- that was read before the wait may be.
create or replace function tasker.fixed_clock() returns timestamptz
language plpgsql volatile parallel unsafe
set search_path = ''
as $$
begin
  return nullif(current_setting('tasker.now', true), '')::timestamptz;
end
$$;
