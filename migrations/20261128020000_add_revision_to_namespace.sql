-- Counts the changes of what new tasks take of a namespace or by its rules, and of what attempts may do: its pins,
-- signing keys, shares, grants and limits, and the versions of its components and templates. What a host has loaded
-- of a namespace holds as long as its revision is the same, whatever happens in others.
alter table tasker.namespace add column revision bigint not null default 0;
