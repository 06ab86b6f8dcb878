-- What operators see: changes, keys, and what attempts used.

-- Every change of what hosts are to do: publish, pin, grant, quarantine … Append-only, written in the
-- transaction of the change; the history of a pin is read from here.
create table tasker.audit (
  -- Drawn from the sequence of the log, so that log and audit have one order, and a reader of both one position. As
  -- there, it is drawn while the rows are locked that the change is of. See tasker.log_horizon.
  audit_id bigint primary key default nextval('tasker.transition_seq_seq'),
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
-- What lists of changes are asked for, so that a page costs a page however much there is.
create index audit_by_subject on tasker.audit (subject, namespace, audit_id);
create index audit_by_namespace on tasker.audit (namespace, audit_id);
create index audit_by_action on tasker.audit (action, audit_id);
create index audit_by_namespace_action on tasker.audit (namespace, action, audit_id);

-- Who may ask a host for what. The secrets themselves are stored nowhere.
create table tasker.api_key (
  api_key_id int generated always as identity primary key,
  -- Stands at the head of the key, to find it by.
  prefix text not null unique,
  -- SHA-256 of the secret part: it has 256 random bits, so that guessing needs no slowing down.
  secret_digest bytea not null,
  name text not null,
  -- An array of {namespace, actions}; the namespace may be `*`.
  permissions jsonb not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  -- Null: it does not expire.
  expires_at timestamptz,
  revoked_at timestamptz,
  -- To within a minute or so: not every request writes.
  last_used_at timestamptz,
  -- Requests to each host a minute; null: as many as the host lets everyone.
  max_requests_per_minute int,
  constraint api_key_rate_is_bounded check (max_requests_per_minute between 1 and 1000000),
  constraint api_key_prefix_is_8_hex check (prefix ~ '^[0-9a-f]{8}$'),
  constraint api_key_digest_is_sha256 check (octet_length(secret_digest) = 32)
);
-- A name is free again once its key is revoked.
create unique index api_key_by_name on tasker.api_key (name) where revoked_at is null;

-- Who is signed in with a browser, which has a cookie instead of the key or token that was shown at the beginning. A
-- session by a key permits what the key does now, and ends with it.
create table tasker.browser_session (
  -- SHA-256 of the cookie's value, which has 256 random bits and is stored nowhere.
  token_digest bytea primary key,
  -- Null: it was begun with a token of an issuer.
  api_key_id int references tasker.api_key,
  actor text not null,
  -- As the token permitted; of a session by a key null.
  permissions jsonb,
  -- SHA-256 of the issuer and of the key that signed the token: the session counts where both still do.
  issuer_key bytea,
  begun_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint browser_session_digest_is_sha256 check (octet_length(token_digest) = 32),
  constraint browser_session_has_key_or_permissions check (num_nonnulls(api_key_id, permissions) = 1),
  constraint browser_session_has_issuer_key_of_token
    check ((permissions is null) = (issuer_key is null) and octet_length(issuer_key) = 32)
);
create index browser_session_by_actor on tasker.browser_session (actor, begun_at);
create index browser_session_by_expiry on tasker.browser_session (expires_at);

-- Sign-ins at an identity provider that ended in a session, for longer than their cookies last: each does so once.
create table tasker.finished_sign_in (
  -- SHA-256 of what only the browser's cookie holds.
  sign_in_digest bytea primary key,
  expires_at timestamptz not null,
  constraint finished_sign_in_digest_is_sha256 check (octet_length(sign_in_digest) = 32)
);
create index finished_sign_in_by_expiry on tasker.finished_sign_in (expires_at);

-- What attempts used, for people and for what watches them. `ledger` is one row an attempt: filter it
-- by `at`, which finds a window without reading the whole log. The views usage_by_… sum it up by the hour.

create view tasker.ledger as
select tr.at, tr.task_id, st.name as step, tr.attempt, tr.to_state, tr.detail ->> 'kind' as failure_kind,
       tr.detail ->> 'code' as failure_code,
       n.name as namespace, te.name as template, tv.version as template_version,
       cn.name as component_namespace, c.name as component, cv.version as component_version,
       tr.component_version_id, tv.template_version_id, tr.worker_id,
       tr.wall_ms, tr.cpu_ms, tr.host_ms, tr.memory_kib, tr.in_bytes, tr.out_bytes, tr.http_requests
from tasker.every_transition tr
join tasker.every_task t using (task_id)
join tasker.namespace n on n.namespace_id = t.namespace_id
join tasker.template te on te.template_id = t.template_id
join tasker.template_version tv on tv.template_version_id = t.template_version_id
join tasker.step_template st on st.template_version_id = t.template_version_id and st.step_no = tr.step_no
join tasker.component_version cv on cv.component_version_id = tr.component_version_id
join tasker.component c on c.component_id = cv.component_id
join tasker.namespace cn on cn.namespace_id = c.namespace_id
where tr.component_version_id is not null;

create view tasker.usage_by_template_version as
select date_trunc('hour', l.at) as hour, l.namespace, l.template, l.template_version as version,
       count(*) as attempts, count(*) filter (where l.failure_kind is not null) as failures,
       count(*) filter (where l.failure_kind = 'trapped') as traps,
       percentile_cont(0.5) within group (order by l.wall_ms) as p50_wall_ms,
       percentile_cont(0.95) within group (order by l.wall_ms) as p95_wall_ms,
       sum(l.cpu_ms::float8) as cpu_ms, sum(l.host_ms::float8) as host_ms,
       max(l.memory_kib) as peak_memory_kib, sum(l.in_bytes::bigint) as in_bytes,
       sum(l.out_bytes::bigint) as out_bytes, sum(l.http_requests::bigint) as http_requests
from tasker.ledger l
group by 1, 2, 3, 4;

-- What the log says of ended tasks, attempts and claims, counted by minute, hour and day; written by
-- tasker.add_statistics alone, outside of every other transaction. Old rows go, see there.
create table tasker.statistic (
  -- How many minutes a row is for: 1, 60 or 1440.
  width smallint not null,
  -- Where they begin, in UTC.
  at timestamptz not null,
  -- `task`: from the creation of a task to its end. `run`: an attempt in its sandbox. `claim`: from when a step is ready
  -- to its claim.
  measure text not null,
  namespace_id int not null,
  template_version_id int not null,
  -- -1 of tasks.
  step_no smallint not null,
  -- What ran; 0 of tasks and claims, and of attempts without an entry in the ledger.
  component_version_id int not null,
  count bigint not null,
  -- Of tasks and attempts: how many failed for good; of attempts, how many are retried; of tasks, how many were cancelled.
  failed bigint not null,
  retried bigint not null,
  cancelled bigint not null,
  -- Of those with a duration, in milliseconds.
  sum_ms double precision not null,
  max_ms double precision not null,
  -- How many durations are in which bucket of tasker.count_log.
  buckets smallint[] not null,
  counts bigint[] not null,
  primary key (width, at, measure, namespace_id, template_version_id, step_no, component_version_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Failed attempts by code and shape of the message, for the same minutes, hours and days.
create table tasker.error_group (
  width smallint not null,
  at timestamptz not null,
  namespace_id int not null,
  template_version_id int not null,
  step_no smallint not null,
  code text not null,
  -- The message without what differs from case to case, see tasker.message_shape.
  shape text not null,
  count bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- The last task of those.
  task_id uuid not null,
  primary key (width, at, namespace_id, template_version_id, step_no, code, shape)
);

-- Steps that the counted part of the log has as ready and not yet claimed.
create table tasker.statistic_ready (
  task_id uuid not null,
  step_no smallint not null,
  ready_at timestamptz not null,
  primary key (task_id, step_no)
);

-- How far the log is counted.
create table tasker.statistic_position (
  singleton boolean primary key default true,
  seq bigint not null default 0,
  -- The latest time up to which it is.
  as_of timestamptz not null default '-infinity',
  -- There is more to count.
  is_behind boolean not null default false,
  constraint statistic_position_is_one_row check (singleton)
);
insert into tasker.statistic_position default values;

-- What hosts give as metrics about the database, and how far the log is counted for it: see tasker.observe.
create table tasker.observation (
  singleton bool primary key default true,
  observed_at timestamptz not null default '-infinity',
  found json,
  -- Of tasker.log_horizon.
  safe bigint not null default 0,
  mark bigint,
  writers text[],
  -- Since when the mark is the same.
  mark_at timestamptz,
  -- Up to here rows of the log are part of tasker.log_count, from the first look on; null before it.
  counted bigint,
  constraint observation_is_one_row check (singleton)
);
insert into tasker.observation default values;

-- Rows of the log by kind (task, step, guard) and state; of tasks that ended, by bucket of their duration too.
create table tasker.log_count (
  kind text not null,
  state text not null,
  bucket int not null,
  rows bigint not null,
  -- Of the durations of tasks, all together.
  seconds float8 not null,
  primary key (kind, state, bucket)
);

-- How far the log was read for traces, and which host reads it.
create table tasker.trace_export (
  singleton boolean primary key default true,
  -- Up to here spans were exported; null until the first export.
  seq bigint,
  -- One run of a host; null if none has it.
  owner uuid,
  renewed_at timestamptz not null default '-infinity',
  -- Without a renewal for so long, another host takes over.
  ttl_ms int not null default 0,
  constraint trace_export_is_one_row check (singleton)
);
insert into tasker.trace_export default values;
