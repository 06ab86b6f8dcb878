//! The statements on subscriptions.

use tasker_database::listing;
use tasker_database::listing::Listing;

pub(super) const DEFINITION: &str = "
    select target, secrets, max_batch, types, template, task_id, step, handler, tag from tasker.subscription
    where namespace_id = $1 and name = $2
    for no key update";

/// What is set of one, locked until the transaction ends.
pub(super) const LOCK: &str = "
    select s.target, s.secrets, s.max_batch, s.types, s.template, s.task_id, s.step, s.handler, s.tag, s.state::text as state,
           s.created_at
    from tasker.subscription s
    join tasker.namespace n using (namespace_id)
    where n.name = $1 and s.name = $2
    for no key update of s";

pub(super) const MISSING_SECRET: &str = "
    select g.name from unnest($2::text[]) g (name)
    where not exists (
      select from tasker.secret s join tasker.namespace n using (namespace_id) where n.name = $1 and s.name = g.name)
    limit 1";

pub(super) const SET: &str = "
    insert into tasker.subscription (namespace_id, name, kind, types, template, task_id, step, handler, tag, target,
                                     secrets, max_batch, seq, seq_index, since, created_by)
    select $1, $2, $3::text::tasker.subscription_kind, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
    where exists (select from tasker.subscription s where s.namespace_id = $1 and s.name = $2)
       or (select count(*) from tasker.subscription s where s.namespace_id = $1) < $17
    on conflict (namespace_id, name) do update
      set kind = excluded.kind, types = excluded.types, template = excluded.template, task_id = excluded.task_id,
          step = excluded.step, handler = excluded.handler, tag = excluded.tag, target = excluded.target,
          secrets = excluded.secrets, max_batch = excluded.max_batch,
          -- One of another kind is left to hosts that deliver to it.
          delivery_host_id = case when subscription.kind = excluded.kind then subscription.delivery_host_id end,
          attempts = 0, next_at = null, revision = subscription.revision + 1";

pub(super) const SHOW: &str =
    "select v.* from tasker.subscription_status v where v.namespace = $1 and v.name = $2";

pub(super) const LIST: Listing = listing! {
    "select v.* from tasker.subscription_status v
     where ($1::text is null or v.namespace = $1) and ($2::text is null or (v.namespace, v.name) " > " ($2, $3))
     order by v.namespace " asc ", v.name " asc " limit $4"
};

pub(super) const REMOVE: &str = "
    delete from tasker.subscription s using tasker.namespace n
    where n.namespace_id = s.namespace_id and n.name = $1 and s.name = $2
    returning true";

// Each returns whether it changed anything; no row where there is none. The row is locked by the update.
pub(super) const PAUSE: &str = "
    with found as materialized (
      select s.subscription_id, s.state from tasker.subscription s join tasker.namespace n using (namespace_id)
      where n.name = $1 and s.name = $2
      for no key update of s
    ), changed as (
      update tasker.subscription s set state = 'paused', revision = s.revision + 1
      from found f where s.subscription_id = f.subscription_id and f.state = 'active'
      returning s.subscription_id
    )
    select exists (select from changed) from found";

pub(super) const RESUME: &str = "
    with found as materialized (
      select s.subscription_id, s.state, s.next_at from tasker.subscription s join tasker.namespace n using (namespace_id)
      where n.name = $1 and s.name = $2
      for no key update of s
    ), changed as (
      update tasker.subscription s
      set state = 'active', ended_reason = null, attempts = 0, next_at = null, revision = s.revision + 1
      from found f
      where s.subscription_id = f.subscription_id and (f.state <> 'active' or f.next_at is not null)
      returning s.subscription_id
    )
    select exists (select from changed) from found";

pub(super) const MOVE: &str = "
    update tasker.subscription s
    set seq = $3, seq_index = $4, since = $5, attempts = 0, next_at = null, pending_at = null,
        moves = s.moves + 1, revision = s.revision + 1
    from tasker.namespace n
    where n.namespace_id = s.namespace_id and n.name = $1 and s.name = $2";

pub(super) const DEAD_LETTERS: Listing = listing! {
    "select d.dead_letter_id, d.seq, d.seq_index, d.type, d.reason, d.status, d.body, d.attempts, d.at, d.replay_at
     from tasker.dead_letter d
     where d.subscription_id = $1 and ($2::bigint is null or d.dead_letter_id " > " $2)
     order by d.dead_letter_id " asc " limit $3"
};

pub(super) const REVISE: &str =
    "update tasker.subscription set revision = revision + 1 where subscription_id = $1";

pub(super) const REDELIVER: &str = "
    update tasker.dead_letter d set replay_at = tasker.clock()
    where d.subscription_id = $1 and ($2::bigint is null or d.dead_letter_id = $2)";
