-- What components may reach, by the namespace of the task that runs them.

create table tasker.grant (
  grant_id bigint generated always as identity primary key,
  namespace_id int not null references tasker.namespace,
  -- `*` (each component of the namespace), `name`, or `other/name`.
  component text not null,
  -- In the one form in which capabilities are written, such as `http GET api.example.com/v1/*`.
  capability text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  constraint grant_is_unique unique (namespace_id, component, capability)
);

-- Requested capabilities that were not approved when the version was published; empty after its approval.
-- A version must not become active while this is not empty.
alter table tasker.component_version
  add column unapproved text[] not null default '{}';

-- They return the revision of the task's namespace, by which workers notice changed grants.
drop function if exists tasker.advance(int, uuid[], smallint[], smallint[], text[], int);
drop function if exists tasker.invocations(tasker.step_key[]);
