-- Subscriptions: where hosts deliver the events of a namespace to.

-- What is delivered to: a URL; a component with subscribers; the server of NATS that hosts are started with.
create type tasker.subscription_kind as enum ('webhook', 'component', 'nats');

create type tasker.subscription_state as enum ('active', 'paused', 'ended');

-- One run of a host that delivers events. Its renewal keeps all its subscriptions, so that an idle one costs nothing.
create table tasker.delivery_host (
  delivery_host_id int generated always as identity primary key,
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
  -- Runs of its component; see tasker.subscriber_run.
  runs bigint not null default 0,
  -- Whose it is; null, or one that is dead: any host's that takes it.
  delivery_host_id int,
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
create index subscription_by_delivery_host on tasker.subscription (delivery_host_id) where delivery_host_id is not null;
-- What nobody has.
create index subscription_free on tasker.subscription (subscription_id) where delivery_host_id is null and state = 'active';

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

-- Runs of components with subscribers: what each came to and used, and what it logged. Written by hosts a few times a second,
-- outside of every other transaction (tasker.store_runs), so a crash loses the newest. The newest 1,000 of each
-- subscription are kept, if their namespace keeps tasks as long (tasker.expire_runs).
create table tasker.subscriber_run (
  subscription_id int not null references tasker.subscription on delete cascade,
  -- Counts the runs of the subscription, from 1.
  run_no bigint not null,
  -- When it ended.
  at timestamptz not null,
  -- The position of the event, and which try it was.
  seq bigint not null,
  seq_index smallint not null,
  attempt int not null,
  -- The pins whose rollouts led to the version, as in tasker.lock.
  rollouts text[] not null,
  -- As in tasker.transition.
  component_version_id int not null,
  wall_ms real not null,
  cpu_ms real not null,
  host_ms real not null,
  memory_kib int not null,
  in_bytes int not null,
  out_bytes int not null,
  http_requests int not null,
  -- Null: it handled the event. `conflict`: another wrote the same entries of kv.
  failure_kind text,
  failure_code text,
  failure_message text,
  -- As in tasker.attempt_log; null: it logged nothing.
  lines json,
  primary key (subscription_id, run_no),
  constraint subscriber_run_failure_code_is_bounded check (octet_length(failure_code) <= 1024),
  constraint subscriber_run_failure_message_is_bounded check (octet_length(failure_message) <= 1024)
);
-- For guards of rollouts.
create index subscriber_run_by_version on tasker.subscriber_run (component_version_id, at);

-- The walk over runs that are kept no longer: goes on behind this subscription at this time.
create table tasker.run_walk (
  singleton boolean primary key default true,
  subscription_id int not null default 0,
  next_at timestamptz not null default '-infinity',
  constraint run_walk_is_one_row check (singleton)
);
insert into tasker.run_walk default values;

-- What runs of subscribers used, as tasker.ledger has it of attempts.
create view tasker.subscriber_ledger as
select r.at, n.name as namespace, s.name as subscription, r.run_no, r.attempt, r.failure_kind, r.failure_code,
       cn.name as component_namespace, c.name as component, cv.version as component_version, r.component_version_id,
       r.wall_ms, r.cpu_ms, r.host_ms, r.memory_kib, r.in_bytes, r.out_bytes, r.http_requests
from tasker.subscriber_run r
join tasker.subscription s using (subscription_id)
join tasker.namespace n on n.namespace_id = s.namespace_id
join tasker.component_version cv on cv.component_version_id = r.component_version_id
join tasker.component c on c.component_id = cv.component_id
join tasker.namespace cn on cn.namespace_id = c.namespace_id;

-- What attempts and runs of subscribers used, by the hour.

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
from (
  select a.at, a.component_namespace, a.component, a.component_version, a.failure_kind, a.wall_ms, a.cpu_ms, a.host_ms,
         a.memory_kib, a.in_bytes, a.out_bytes, a.http_requests
  from tasker.ledger a
  union all
  select r.at, r.component_namespace, r.component, r.component_version, r.failure_kind, r.wall_ms, r.cpu_ms, r.host_ms,
         r.memory_kib, r.in_bytes, r.out_bytes, r.http_requests
  from tasker.subscriber_ledger r
) l
group by 1, 2, 3, 4;

create view tasker.usage_by_namespace as
select date_trunc('hour', l.at) as hour, l.namespace,
       count(*) as attempts, count(*) filter (where l.failure_kind is not null) as failures,
       count(*) filter (where l.failure_kind = 'trapped') as traps,
       percentile_cont(0.95) within group (order by l.wall_ms) as p95_wall_ms,
       sum(l.cpu_ms::float8) as cpu_ms, sum(l.host_ms::float8) as host_ms,
       max(l.memory_kib) as peak_memory_kib, sum(l.in_bytes::bigint) as in_bytes,
       sum(l.out_bytes::bigint) as out_bytes, sum(l.http_requests::bigint) as http_requests
from (
  select a.at, a.namespace, a.failure_kind, a.wall_ms, a.cpu_ms, a.host_ms, a.memory_kib, a.in_bytes, a.out_bytes,
         a.http_requests
  from tasker.ledger a
  union all
  select r.at, r.namespace, r.failure_kind, r.wall_ms, r.cpu_ms, r.host_ms, r.memory_kib, r.in_bytes, r.out_bytes,
         r.http_requests
  from tasker.subscriber_ledger r
) l
group by 1, 2;

-- Subscriptions with how far they are.
create view tasker.subscription_status as
select s.subscription_id, n.name as namespace, s.name, s.kind::text as kind, s.target, s.secrets, s.max_batch, s.types, s.template,
       s.task_id, s.step, s.handler, s.tag, s.state::text as state, s.ended_reason, s.seq, s.seq_index,
       greatest(coalesce(pg_sequence_last_value('tasker.transition_seq_seq'), 0) - s.seq, 0) as lag_rows,
       greatest(coalesce(extract(epoch from clock_timestamp() - s.pending_at) * 1000, 0), 0)::bigint as lag_ms,
       s.attempts, s.next_at, s.last_error, s.last_error_at, s.delivered_at, s.delivered, s.failures, s.given_up,
       s.dropped, s.runs,
       (select count(*) from tasker.dead_letter d where d.subscription_id = s.subscription_id) as dead_letters,
       -- None if it is not renewed any more.
       (select r.host_name from tasker.delivery_host r
        where r.delivery_host_id = s.delivery_host_id
          and abs(extract(epoch from clock_timestamp() - r.renewed_at)) * 1000 < r.ttl_ms) as host,
       s.created_at, s.created_by
from tasker.subscription s
join tasker.namespace n using (namespace_id);
