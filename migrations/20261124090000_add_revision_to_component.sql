-- Counts the changes of what new tasks may take of a component, so that a host that knows its versions
-- need not list them again because something else changed.
alter table tasker.component add column revision bigint not null default 0;
