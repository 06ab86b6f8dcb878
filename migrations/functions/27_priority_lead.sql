-- How much earlier a step is taken to be due, for the order of claims, for each level of its priority. So a step is
-- overtaken only by steps of a higher priority that became ready less than so long after it, for each level between
-- them.
create or replace function tasker.priority_lead() returns interval
language sql immutable parallel safe
set search_path = ''
as $$ select interval '10 minutes' $$;
