-- Counts the changes of what new tasks take of a namespace or by its rules: its pins, signing keys and
-- shares, and the versions of its components and templates. What a host has loaded of a namespace holds as
-- long as its revision is the same, whatever happens in others.
alter table tasker.namespace add column revision bigint not null default 0;
