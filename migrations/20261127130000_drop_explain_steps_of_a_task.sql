-- `explain_steps` takes the steps that it is asked of as well: the function of one parameter gives way
-- to the one in functions/, which is called in the same way.
drop function if exists tasker.explain_steps(uuid);
