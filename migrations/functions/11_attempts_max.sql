-- The maximum of attempts of a step. The number of an attempt is a smallint, and attempts that do not count
-- against max_attempts (checkpoints, releases) would exceed its range. Leaves room for attempts that are given
-- back after the last one that may fail.
create or replace function tasker.attempts_max() returns smallint
language sql immutable parallel safe
set search_path = ''
as $$ select 32000::smallint $$;
