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
-- by `at`, which finds a window without reading the whole log. The others sum it up by the hour.

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

create view tasker.usage_by_component_version as
select date_trunc('hour', l.at) as hour, l.component_namespace as namespace, l.component,
       l.component_version as version, count(*) as attempts,
       count(*) filter (where l.failure_kind is not null) as failures,
       count(*) filter (where l.failure_kind = 'trapped') as traps,
       percentile_cont(0.5) within group (order by l.wall_ms) as p50_wall_ms,
       percentile_cont(0.95) within group (order by l.wall_ms) as p95_wall_ms,
       sum(l.cpu_ms::float8) as cpu_ms, sum(l.host_ms::float8) as host_ms,
       max(l.memory_kib) as peak_memory_kib, sum(l.in_bytes::bigint) as in_bytes,
       sum(l.out_bytes::bigint) as out_bytes, sum(l.http_requests::bigint) as http_requests
from tasker.ledger l
group by 1, 2, 3, 4;

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

create view tasker.usage_by_namespace as
select date_trunc('hour', l.at) as hour, l.namespace,
       count(*) as attempts, count(*) filter (where l.failure_kind is not null) as failures,
       count(*) filter (where l.failure_kind = 'trapped') as traps,
       percentile_cont(0.95) within group (order by l.wall_ms) as p95_wall_ms,
       sum(l.cpu_ms::float8) as cpu_ms, sum(l.host_ms::float8) as host_ms,
       max(l.memory_kib) as peak_memory_kib, sum(l.in_bytes::bigint) as in_bytes,
       sum(l.out_bytes::bigint) as out_bytes, sum(l.http_requests::bigint) as http_requests
from tasker.ledger l
group by 1, 2;

-- Subscriptions: where hosts deliver the events of a namespace to.

-- What is delivered to: a URL; a component with subscribers; the server of NATS that hosts are started with.
create type tasker.subscription_kind as enum ('webhook', 'component', 'nats');

create type tasker.subscription_state as enum ('active', 'paused', 'ended');

-- One run of a host that delivers events. Its renewal keeps all its subscriptions, so that an idle one costs nothing.
create table tasker.subscriber (
  subscriber_id int generated always as identity primary key,
  host_name text not null,
  pid int not null,
  renewed_at timestamptz not null,
  -- Dead after so long without a renewal.
  ttl_ms int not null,
  -- What it can deliver to.
  kinds tasker.subscription_kind[] not null
);

create table tasker.subscription (
  subscription_id int generated always as identity primary key,
  namespace_id int not null references tasker.namespace,
  name text not null,
  kind tasker.subscription_kind not null,
  -- Which events: as the filter of the feed takes it. Null matches all.
  types text,
  template text,
  task_id uuid,
  step text,
  handler text,
  tag text,
  -- A URL, or what else its kind has; see the kinds.
  target text not null,
  -- The names of the namespace's secrets that sign each delivery: several while one takes the place of another.
  secrets text[] not null,
  -- Events of one request to a webhook at most; null: requests have one, and no list.
  max_batch smallint,
  state tasker.subscription_state not null default 'active',
  -- Why it has ended.
  ended_reason text,
  -- The position in the feed behind which nothing was delivered yet: tasker.transition.seq or tasker.audit.audit_id,
  -- and which of the row's events.
  seq bigint not null,
  seq_index smallint not null,
  -- Events before this time are left out; null if it began at a position.
  since timestamptz,
  -- Tries of the event behind the position that failed, and when the next is due.
  attempts int not null default 0,
  next_at timestamptz,
  -- The time of the oldest event that waits to be delivered, as its host last reported; null for none.
  pending_at timestamptz,
  last_error text,
  last_error_at timestamptz,
  delivered_at timestamptz,
  -- Counters: events delivered, tries that failed, events given up, dead letters that were dropped for newer ones.
  delivered bigint not null default 0,
  failures bigint not null default 0,
  given_up bigint not null default 0,
  dropped bigint not null default 0,
  -- Whose it is; null, or one that is dead: any host's that takes it.
  subscriber_id int,
  -- Counts the changes that its host has to learn of.
  revision int not null default 0,
  -- Counts the moves of the position by an operator: what a host delivered before moves it no more.
  moves int not null default 0,
  created_at timestamptz not null default now(),
  created_by text not null,
  constraint subscription_name_is_unique unique (namespace_id, name),
  constraint subscription_name_is_a_name check (name ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint subscription_target_is_bounded check (octet_length(target) <= 2000),
  constraint subscription_last_error_is_bounded check (octet_length(last_error) <= 1024)
) with (fillfactor = 50);
create index subscription_by_subscriber on tasker.subscription (subscriber_id) where subscriber_id is not null;
-- What nobody has.
create index subscription_free on tasker.subscription (subscription_id) where subscriber_id is null and state = 'active';

-- Events that could not be delivered. Bounded per subscription; the oldest are dropped.
create table tasker.dead_letter (
  dead_letter_id bigint generated always as identity primary key,
  subscription_id int not null references tasker.subscription on delete cascade,
  -- The position of the event.
  seq bigint not null,
  seq_index smallint not null,
  type text not null,
  reason text not null,
  -- Of the last answer, if there was one, with the beginning of its body.
  status int,
  body text,
  attempts int not null,
  at timestamptz not null,
  -- Since when it waits to be delivered once more.
  replay_at timestamptz,
  constraint dead_letter_is_one_event unique (subscription_id, seq, seq_index),
  constraint dead_letter_reason_is_bounded check (octet_length(reason) <= 1024),
  constraint dead_letter_body_is_bounded check (octet_length(body) <= 1024)
);
create index dead_letter_by_subscription on tasker.dead_letter (subscription_id, dead_letter_id);
create index dead_letter_to_replay on tasker.dead_letter (subscription_id, dead_letter_id) where replay_at is not null;

-- Subscriptions with how far they are.
create view tasker.subscription_status as
select s.subscription_id, n.name as namespace, s.name, s.kind::text as kind, s.target, s.secrets, s.max_batch, s.types, s.template,
       s.task_id, s.step, s.handler, s.tag, s.state::text as state, s.ended_reason, s.seq, s.seq_index,
       greatest(coalesce(pg_sequence_last_value('tasker.transition_seq_seq'), 0) - s.seq, 0) as lag_rows,
       greatest(coalesce(extract(epoch from clock_timestamp() - s.pending_at) * 1000, 0), 0)::bigint as lag_ms,
       s.attempts, s.next_at, s.last_error, s.last_error_at, s.delivered_at, s.delivered, s.failures, s.given_up,
       s.dropped,
       (select count(*) from tasker.dead_letter d where d.subscription_id = s.subscription_id) as dead_letters,
       -- None if it is not renewed any more.
       (select r.host_name from tasker.subscriber r
        where r.subscriber_id = s.subscriber_id
          and abs(extract(epoch from clock_timestamp() - r.renewed_at)) * 1000 < r.ttl_ms) as host,
       s.created_at, s.created_by
from tasker.subscription s
join tasker.namespace n using (namespace_id);

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
