-- What people define: namespaces, components, templates, and the rules by which new tasks take their versions. All
-- tables are in the schema `tasker`. These are written rarely, checked by foreign keys, and immutable where a running
-- task depends on them.

create schema if not exists tasker;

create type tasker.task_state as enum
  ('pending', 'in_progress', 'complete', 'error', 'cancelled', 'resolved_manually');

create type tasker.step_state as enum
  ('waiting', 'ready', 'running', 'waiting_for_retry', 'waiting_for_event',
   'complete', 'error', 'cancelled', 'skipped', 'resolved_manually');

create type tasker.backoff as enum ('none', 'linear', 'exponential');

create type tasker.pin_kind as enum ('template', 'component');

-- Whether new tasks may take a version; a lock keeps its versions regardless of their status.
create type tasker.version_status as enum ('active', 'needs_approval', 'yanked');

create type tasker.rollout_state as enum ('running', 'paused');

create type tasker.step_key as (task_id uuid, step_no smallint);

-- Moves whenever something that resolution depends on changes: a version is published, a pin is set.
-- One row, not a sequence: the number has to become visible together with the change that moved it.
create table tasker.registry_generation (
  singleton boolean primary key default true,
  generation bigint not null,
  constraint registry_generation_is_one_row check (singleton)
);
insert into tasker.registry_generation (generation) values (0);

create table tasker.namespace (
  namespace_id int generated always as identity primary key,
  name text not null unique,
  created_at timestamptz not null default now(),
  -- Counts the changes of what new tasks take of a namespace or by its rules, and of what attempts may do: its pins,
  -- signing keys, shares, grants and limits, and the versions of its components and templates. What a host has loaded
  -- of a namespace holds as long as its revision is the same, whatever happens in others.
  revision bigint not null default 0,
  -- Counts the changes of the versions of its components and templates, which `revision` counts too. What a host has
  -- loaded of these versions holds as long as this is the same: a change of a pin, a ramp, a share or a grant has none
  -- of them read again.
  families_revision bigint not null default 0,
  constraint namespace_name_is_a_name check (name ~ '^[A-Za-z0-9_-]{1,100}$')
);

-- Uploaded bytes, once per digest, under any number of names.
create table tasker.component_blob (
  digest bytea primary key,
  bytes bytea not null,
  created_at timestamptz not null default now(),
  constraint component_blob_digest_is_sha256 check (octet_length(digest) = 32)
);
-- Wasm is stored as it is: compressing it again costs time at every cold start.
alter table tasker.component_blob alter column bytes set storage external;

create table tasker.component (
  component_id int generated always as identity primary key,
  namespace_id int not null references tasker.namespace,
  name text not null,
  created_at timestamptz not null default now(),
  -- Counts the changes of what new tasks may take of a component, so that a host that knows its versions
  -- need not list them again because something else changed.
  revision bigint not null default 0,
  constraint component_name_is_a_name check (name ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint component_name_is_unique unique (namespace_id, name)
);

create table tasker.component_version (
  component_version_id int generated always as identity primary key,
  component_id int not null references tasker.component,
  version text not null,
  -- Of its bytes, which may be collected.
  digest bytea not null,
  size_bytes int not null,
  -- What inspection and `describe` found: handlers, schemas, capabilities, imports.
  descriptor jsonb not null,
  created_at timestamptz not null default now(),
  status tasker.version_status not null default 'active',
  -- Its bytes were removed: no open task, pin or rule needed them. Its metadata is kept.
  collected_at timestamptz,
  -- What it changed: {level, against, changes: [{level, path, what}]}, as the host found when it was published; null if
  -- no version lay below it.
  compat_report jsonb,
  -- Requested capabilities that were not approved when the version was published; empty after its approval.
  -- A version must not become active while this is not empty.
  unapproved text[] not null default '{}',
  -- It was collected and uploaded again then; its age counts from here.
  restored_at timestamptz,
  constraint component_version_is_unique unique (component_id, version)
);
create index component_version_by_digest on tasker.component_version (digest);

create table tasker.template (
  template_id int generated always as identity primary key,
  namespace_id int not null references tasker.namespace,
  name text not null,
  created_at timestamptz not null default now(),
  constraint template_name_is_a_name check (name ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint template_name_is_unique unique (namespace_id, name)
);
-- The templates of a namespace in the order of their numbers.
create index template_by_namespace on tasker.template (namespace_id, template_id);

create table tasker.template_version (
  template_version_id int generated always as identity primary key,
  template_id int not null references tasker.template,
  version text not null,
  digest bytea not null,
  -- The YAML as its author wrote it, and what it says.
  source text not null,
  definition jsonb not null,
  created_at timestamptz not null default now(),
  status tasker.version_status not null default 'active',
  -- As of a component's version.
  compat_report jsonb,
  constraint template_version_is_unique unique (template_id, version)
);

create table tasker.step_template (
  template_version_id int not null references tasker.template_version,
  -- From 0; parents come before children.
  step_no smallint not null,
  name text not null,
  parents int not null,
  -- No step depends on it: the task is complete when all such steps are.
  is_sink boolean not null,
  max_attempts int not null,
  backoff tasker.backoff not null,
  backoff_base_ms int not null,
  backoff_max_ms int not null,
  jitter real not null,
  timeout_ms int not null,
  -- As the template says: given to the handler; enforced on its result.
  config json,
  result_schema json,
  -- What the step says in its template, in the words of tasker.limit_rule; null: nothing.
  limits jsonb,
  primary key (template_version_id, step_no),
  constraint step_template_name_is_unique unique (template_version_id, name),
  constraint step_template_max_attempts_is_positive check (max_attempts >= 1),
  constraint step_template_backoff_is_ordered check (0 <= backoff_base_ms and backoff_base_ms <= backoff_max_ms),
  constraint step_template_jitter_is_a_share check (jitter between 0 and 1),
  constraint step_template_timeout_is_positive check (timeout_ms >= 1)
);

create table tasker.dependency (
  template_version_id int not null references tasker.template_version,
  from_no smallint not null,
  to_no smallint not null,
  primary key (template_version_id, from_no, to_no),
  constraint dependency_goes_forward check (from_no < to_no)
);
create index dependency_by_child on tasker.dependency (template_version_id, to_no, from_no);

-- An operator's rule: in this namespace, new tasks take this version of that template or component.
create table tasker.pin (
  namespace_id int not null references tasker.namespace,
  kind tasker.pin_kind not null,
  -- `name` of this namespace, or `other/name`.
  target text not null,
  requirement text not null,
  created_at timestamptz not null default now(),
  created_by text not null default '',
  -- A rollout: the pin is on its way to another requirement, by a share of new tasks. All null if there is none.
  rollout_requirement text,
  -- The share of new tasks that are on the rollout, from 0 to 100 with two decimals.
  rollout_percent real,
  -- What watches the rollout, every member filled in; null for nothing.
  guard jsonb,
  -- Paused: the share does not grow, and the guard leaves it alone.
  rollout_state tasker.rollout_state,
  -- Since when it goes there, or was resumed: its guard looks at tasks that were created later.
  rollout_started_at timestamptz,
  paused_because text,
  primary key (namespace_id, kind, target),
  constraint pin_rollout_is_whole check (
    num_nulls(rollout_requirement, rollout_percent, rollout_state, rollout_started_at) in (0, 4)
    and (rollout_requirement is not null or guard is null)
    and (rollout_state is not distinct from 'paused') = (paused_because is not null)),
  constraint pin_rollout_percent_is_a_share check (rollout_percent between 0 and 100)
);
-- Who pins this.
create index pin_by_target on tasker.pin (target, kind);
-- What the guards look at, every few seconds.
create index pin_guarded on tasker.pin (namespace_id) where rollout_state = 'running' and guard is not null;

-- What a template version and the pins resolved to; immutable, shared by tasks that resolved alike.
create table tasker.lock (
  lock_id int generated always as identity primary key,
  template_version_id int not null references tasker.template_version,
  fingerprint bytea not null,
  created_at timestamptz not null default now(),
  -- Which rollouts its tasks are on and took: names of pins, such as `component charge`. Tasks that take
  -- the same versions by a rollout and without one have different locks, which distinguishes them.
  rollouts text[] not null default '{}',
  -- It names a version that was collected: no task is created with it any more.
  is_stale boolean not null default false,
  constraint lock_is_unique unique (fingerprint)
);

create table tasker.lock_entry (
  lock_id int not null references tasker.lock,
  step_no smallint not null,
  component_version_id int not null references tasker.component_version,
  handler text not null,
  primary key (lock_id, step_no)
);
create index lock_entry_by_component_version on tasker.lock_entry (component_version_id);

-- Code that no host starts any more, under any name.
create table tasker.quarantine (
  digest bytea primary key,
  at timestamptz not null default now(),
  actor text not null,
  reason text not null,
  constraint quarantine_digest_is_sha256 check (octet_length(digest) = 32)
);

-- Who vouches for uploaded bytes. Verified before they are stored; they belong to the bytes, whatever names these go by, and may be
-- there before them.
create table tasker.signature (
  digest bytea not null,
  public_key bytea not null,
  signature bytea not null,
  at timestamptz not null default now(),
  actor text not null,
  primary key (digest, public_key),
  constraint signature_digest_is_sha256 check (octet_length(digest) = 32),
  constraint signature_is_ed25519 check (octet_length(public_key) = 32 and octet_length(signature) = 64)
);

-- With one row or more, a namespace takes only components that one of these keys signed.
create table tasker.signing_key (
  namespace_id int not null references tasker.namespace,
  -- The first 16 hexadecimal digits of the key's sha256.
  key_id text not null,
  public_key bytea not null,
  name text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  primary key (namespace_id, key_id),
  constraint signing_key_is_ed25519 check (octet_length(public_key) = 32)
);

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

-- Which attempts are recorded, by the namespace of the task: see tasker.recording. The rule for a component counts before that
-- for all.
create table tasker.recording_rule (
  recording_rule_id bigint generated always as identity primary key,
  namespace_id int not null references tasker.namespace,
  -- As in tasker.limit_rule.
  component text not null,
  -- The share of attempts.
  percent numeric(5, 2) not null,
  -- Only the recordings of attempts that failed are kept.
  only_failures bool not null,
  set_at timestamptz not null default now(),
  set_by text not null,
  constraint recording_rule_is_unique unique (namespace_id, component),
  constraint recording_rule_percent_is_a_share check (percent between 0 and 100)
);

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

-- Secrets of namespaces, encrypted by the hosts; the database never sees a value or a key.
create table tasker.secret (
  namespace_id int not null references tasker.namespace,
  name text not null,
  -- Grows with every value that is set; what is encrypted is bound to it.
  version int not null,
  -- The first eight bytes of the sha256 of the key that encrypted it.
  key_id bytea not null,
  nonce bytea not null,
  ciphertext bytea not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  primary key (namespace_id, name),
  constraint secret_name_is_a_name check (name ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint secret_version_is_positive check (version >= 1),
  constraint secret_key_id_has_eight_bytes check (octet_length(key_id) = 8),
  constraint secret_nonce_has_24_bytes check (octet_length(nonce) = 24)
);

-- What decides which versions new tasks take, in the shape in which hosts load it: what each namespace says of its
-- own tasks and components, and each version of a component with all that may bar it.
create view tasker.namespace_rule as
select n.name as namespace, n.revision, n.families_revision,
       array(select k.public_key from tasker.signing_key k where k.namespace_id = n.namespace_id) as keys,
       array(select s.component from tasker.share s
             where s.namespace_id = n.namespace_id order by s.share_id) as shared,
       array(select s.shared_with from tasker.share s
             where s.namespace_id = n.namespace_id order by s.share_id) as shared_with,
       (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from tasker.pin p where p.namespace_id = n.namespace_id) as pins
from tasker.namespace n;

create view tasker.component_family as
select n.namespace_id, n.name as namespace, n.families_revision,
       c.component_id as family_id, c.name as family, c.revision,
       v.component_version_id as version_id, v.version, v.status::text as status,
       q.digest is not null as is_quarantined, v.collected_at is not null as is_collected,
       array(select s.public_key from tasker.signature s where s.digest = v.digest) as signers
from tasker.namespace n
join tasker.component c using (namespace_id)
join tasker.component_version v using (component_id)
left join tasker.quarantine q using (digest);

create view tasker.template_family as
select n.namespace_id, n.name as namespace, n.families_revision,
       t.template_id as family_id, t.name as family, null::bigint as revision,
       v.template_version_id as version_id, v.version, v.status::text as status,
       false as is_quarantined, false as is_collected, '{}'::bytea[] as signers
from tasker.namespace n
join tasker.template t using (namespace_id)
join tasker.template_version v using (template_id);
