-- What attempts may use, by the namespace of the task: no more than the host allows, but less.

create table tasker.limit_rule (
  limit_rule_id bigint generated always as identity primary key,
  namespace_id int not null references tasker.namespace,
  -- `*` (all that the namespace's tasks run), `name`, or `other/name`.
  component text not null,
  -- Such as {"memory": "64MiB", "cpu": "2s", "http_requests": 10}; what it leaves out it does not limit.
  limits jsonb not null,
  set_at timestamptz not null default now(),
  set_by text not null,
  constraint limit_rule_is_unique unique (namespace_id, component)
);

-- What a step says in its template, in the same words; null: nothing.
alter table tasker.step_template add column limits jsonb;
