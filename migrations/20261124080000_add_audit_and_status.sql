-- What operators change, who changed it, and whether a version may be taken by new tasks.

-- Every change of what hosts are to do: publish, pin, grant, quarantine … Append-only, written in the
-- transaction of the change; the history of a pin is read from here.
create table tasker.audit (
  audit_id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- The name of an API key or account, or `host` for what hosts do by their own rules.
  actor text not null,
  -- `object.verb`, such as `component.publish` or `pin.set`.
  action text not null,
  -- Null for what belongs to no namespace.
  namespace text,
  -- What it happened to, such as `component charge@1.5.0` or `pin component charge`.
  subject text not null,
  reason text not null default '',
  -- What more there is to say, for machines: `from` and `to` where something was replaced.
  detail json
);
create index audit_by_subject on tasker.audit (namespace, subject, audit_id);

-- Whether new tasks may take a version; a lock keeps its versions regardless of their status.
create type tasker.version_status as enum ('active', 'needs_approval', 'yanked');

alter table tasker.component_version
  add column status tasker.version_status not null default 'active',
  -- Its bytes were removed: no open task, pin or rule needed them. Its metadata is kept.
  add column collected_at timestamptz;
alter table tasker.template_version
  add column status tasker.version_status not null default 'active';

-- Code that no host starts any more, under any name.
create table tasker.quarantine (
  digest bytea primary key,
  at timestamptz not null default now(),
  actor text not null,
  reason text not null,
  constraint quarantine_digest_is_sha256 check (octet_length(digest) = 32)
);
