-- Which components other namespaces may use; a namespace may always use its own.

create table tasker.share (
  share_id bigint generated always as identity primary key,
  -- Whose components.
  namespace_id int not null references tasker.namespace,
  -- `name`, or `*` for all of them, those to come too.
  component text not null,
  -- The namespace that may use them, or `*` for every one. A name, since it may be made later.
  shared_with text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  constraint share_is_unique unique (namespace_id, component, shared_with),
  constraint share_component_is_a_name check (component ~ '^([A-Za-z0-9_-]{1,100}|\*)$'),
  constraint share_with_is_a_name check (shared_with ~ '^([A-Za-z0-9_-]{1,100}|\*)$')
);
create index share_by_user on tasker.share (shared_with);

-- What templates use already stays allowed.
insert into tasker.share (namespace_id, component, shared_with, created_by)
select distinct o.namespace_id, split_part(u.handler, '/', 2), u.namespace, 'host'
from (
  select n.name as namespace, split_part(step ->> 'handler', '@', 1) as handler
  from tasker.template_version v
  join tasker.template t using (template_id)
  join tasker.namespace n using (namespace_id)
  cross join lateral jsonb_array_elements(v.definition -> 'steps') as step
) u
join tasker.namespace o on o.name = split_part(u.handler, '/', 1)
where u.handler like '%/%/%' and o.name <> u.namespace;
