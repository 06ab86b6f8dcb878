//! How namespaces take their turns at the queue, and what they have in it.

use super::change_error::ChangeError;
use super::namespace::{ensure_namespace, lock_namespace};
use super::{RowCount, Store, texts};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing::{Listing, counting};
use tasker_database::{Connection, DatabaseError, listing};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::precondition::{EntityTag, Precondition};

/// A namespace with what it has in the queue.
#[derive(Clone, Debug, FromRow)]
pub struct QueueRow {
    pub namespace: String,
    /// Counted up to a bound, like `later`.
    pub due: i64,
    pub later: i64,
    pub oldest_due_at: Option<DateTime<Utc>>,
    pub weight: i16,
    pub max_running: Option<i32>,
    pub is_paused: bool,
    pub set_at: Option<DateTime<Utc>>,
    pub set_by: Option<String>,
}

impl QueueRow {
    /// Stands for what is set, and not for what is in the queue.
    pub fn tag(&self) -> EntityTag {
        let rule = Rule {
            weight: self.weight,
            max_running: self.max_running,
            is_paused: self.is_paused,
        };
        rule.tag(&self.namespace, self.set_at)
    }
}

/// A change of how a namespace takes its turns; what is `None` stays.
#[derive(Clone, Copy, Debug)]
pub struct QueueChange<'a> {
    pub namespace: &'a Name,
    pub weight: Option<i16>,
    /// `Some(None)` removes the limit.
    pub max_running: Option<Option<i32>>,
    pub is_paused: Option<bool>,
    pub actor: &'a Actor,
    pub reason: &'a str,
    /// The rule is as the caller knows it. There always is one, also where nothing was ever set.
    pub only_if: &'a Precondition,
}

/// What a namespace has set.
#[derive(Clone, Copy, PartialEq, Eq, FromRow)]
struct Rule {
    weight: i16,
    max_running: Option<i32>,
    is_paused: bool,
}

impl Rule {
    fn tag(self, namespace: &str, set_at: Option<DateTime<Utc>>) -> EntityTag {
        EntityTag::of(&(
            namespace,
            self.weight,
            self.max_running,
            self.is_paused,
            set_at,
        ))
    }
}

/// The same with the time of the last change.
#[derive(FromRow)]
struct StandingRule {
    #[sqlx(flatten)]
    rule: Rule,
    set_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Sets how a namespace takes its turns, from the next claim on. The namespace is made at its first use.
    pub async fn change_queue(&self, change: QueueChange<'_>) -> Result<(), ChangeError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, change.namespace).await?;
        lock_namespace(&mut tx, change.namespace).await?;
        let StandingRule {
            rule: before,
            set_at,
        } = current(&mut tx, namespace_id).await?;
        let tag = before.tag(change.namespace.as_str(), set_at);
        change.only_if.check(Some(&tag))?;
        let after = Rule {
            weight: change.weight.unwrap_or(before.weight),
            max_running: change.max_running.unwrap_or(before.max_running),
            is_paused: change.is_paused.unwrap_or(before.is_paused),
        };
        if before != after {
            put(&mut tx, namespace_id, change.actor, after).await?;
            change_slots(&mut tx, namespace_id, before, after).await?;
            record(&mut tx, &change, before, after).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// These namespaces, or all that have steps in the queue or a rule on it, by name; steps are counted up to `counted`.
    pub async fn list_queue(
        &self,
        namespaces: &[Name],
        seek: Seek<&str>,
        counted: i64,
    ) -> Result<Vec<QueueRow>, DatabaseError> {
        let statement = LIST.rows(seek.direction);
        let rows = sqlx::query_as(statement)
            .bind(texts(namespaces))
            .bind(seek.after)
            .bind(seek.limit)
            .bind(counted)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// How many namespaces the list has.
    pub async fn count_queue(&self, namespaces: &[Name]) -> Result<RowCount, DatabaseError> {
        let Seek { after, limit, .. } = counting::<&str>();
        let counted: Vec<(i64,)> = sqlx::query_as(LISTED.count())
            .bind(texts(namespaces))
            .bind(after)
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(RowCount::of_rows(&counted))
    }
}

/// What stands, where nothing was ever set too.
async fn current(tx: &mut Connection, namespace_id: i32) -> Result<StandingRule, DatabaseError> {
    let rule = sqlx::query_as(
        "select weight, max_running, is_paused, set_at from tasker.queue_rule where namespace_id = $1",
    )
    .bind(namespace_id)
    .fetch_optional(tx)
    .await?;
    Ok(rule.unwrap_or(StandingRule {
        rule: Rule {
            weight: 1,
            max_running: None,
            is_paused: false,
        },
        set_at: None,
    }))
}

async fn put(
    tx: &mut Connection,
    namespace_id: i32,
    actor: &Actor,
    rule: Rule,
) -> Result<(), DatabaseError> {
    sqlx::query(PUT)
        .bind(namespace_id)
        .bind(rule.weight)
        .bind(rule.is_paused)
        .bind(actor.as_str())
        .bind(rule.max_running)
        .execute(&mut *tx)
        .await?;
    if !rule.is_paused {
        // Its steps may be claimed now.
        sqlx::query("select pg_notify('tasker_ready', '')")
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Counts what runs already where a limit is set, and forgets what runs where it is removed.
async fn change_slots(
    tx: &mut Connection,
    namespace_id: i32,
    before: Rule,
    after: Rule,
) -> Result<(), DatabaseError> {
    if before.max_running.is_some() == after.max_running.is_some() {
        return Ok(());
    }
    // Also before a limit is set: a report may have handed a slot on while the limit before was removed.
    sqlx::query(EMPTY_SLOTS)
        .bind(namespace_id)
        .execute(&mut *tx)
        .await?;
    if after.max_running.is_some() {
        sqlx::query(FILL_SLOTS)
            .bind(namespace_id)
            .execute(tx)
            .await?;
    }
    Ok(())
}

async fn record(
    tx: &mut Connection,
    change: &QueueChange<'_>,
    before: Rule,
    after: Rule,
) -> Result<(), DatabaseError> {
    let entry = |action, detail| NewAuditEntry {
        actor: change.actor,
        action,
        namespace: Some(change.namespace.as_str()),
        subject: format!("queue of {}", change.namespace),
        reason: change.reason,
        detail,
    };
    if before.weight != after.weight {
        let detail = json!({"from": before.weight, "to": after.weight});
        audit::record(tx, &entry("queue.weight", detail)).await?;
    }
    if before.max_running != after.max_running {
        let detail = json!({"from": before.max_running, "to": after.max_running});
        audit::record(tx, &entry("queue.limit", detail)).await?;
    }
    if before.is_paused != after.is_paused {
        let action = match after.is_paused {
            true => "queue.pause",
            false => "queue.resume",
        };
        audit::record(tx, &entry(action, json!(null))).await?;
    }
    Ok(())
}

const PUT: &str = "
    insert into tasker.queue_rule (namespace_id, weight, is_paused, set_by, max_running) values ($1, $2, $3, $4, $5)
    on conflict (namespace_id) do update
      set weight = excluded.weight, is_paused = excluded.is_paused, max_running = excluded.max_running,
          set_by = excluded.set_by, set_at = now()";

const FILL_SLOTS: &str = "
    insert into tasker.queue_slot (namespace_id, slot_no, turn, task_id, step_no, attempt)
    select $1, row_number() over (), 1, h.task_id, h.step_no, h.attempt
    from tasker.held_steps(array(select w.worker_id from tasker.worker w where w.stopped_at is null), true) h
    join tasker.step s on s.task_id = h.task_id and s.step_no = h.step_no
    where s.namespace_id = $1";

const EMPTY_SLOTS: &str = "delete from tasker.queue_slot where namespace_id = $1";

/// The namespaces of a list, with what is selected of them around.
macro_rules! listed {
    ([$($before:tt)*] [$($behind:tt)*]) => {
        listing! {
            $($before)*
            "select n.* from tasker.namespace n
          where ($1::text[] is null or n.name = any ($1)) and ($2::text is null or n.name " > " $2)
            and ($1 is not null
                 or exists (select from tasker.queue q where q.namespace_id = n.namespace_id)
                 or exists (select from tasker.queue_rule q where q.namespace_id = n.namespace_id))
          order by n.name " asc " limit $3"
            $($behind)*
        }
    };
}

const LISTED: Listing = listed!([] []);

const LIST: Listing = listed!([
    "select n.name as namespace, w.due as due, w.later as later, w.oldest as oldest_due_at,
           coalesce(r.weight, 1::smallint) as weight, r.max_running, coalesce(r.is_paused, false) as is_paused, r.set_at, r.set_by
    from ("
] [
    ") n
    left join tasker.queue_rule r using (namespace_id)
    cross join lateral (
      with recursive lane as (
        (select q.lane from tasker.queue q where q.namespace_id = n.namespace_id order by q.lane limit 1)
        union all
        select f.lane
        from lane l
        cross join lateral (
          select q.lane from tasker.queue q where q.namespace_id = n.namespace_id and q.lane > l.lane order by q.lane limit 1
        ) f
      )
      -- Each lane of a key has a due step: more lanes than steps are counted change no count.
      select coalesce(least(sum(d.steps), $4), 0)::bigint as due, coalesce(least(sum(t.steps), $4), 0)::bigint as later,
              min(d.oldest) as oldest
      from (select l.lane from lane l limit $4 + 10) l
      cross join lateral (
        select count(*) as steps, min(q.ready_at) as oldest
        from (select q.ready_at from tasker.queue q
              where q.namespace_id = n.namespace_id and q.lane = l.lane and q.ready_at <= now()
              order by q.ready_at limit $4) q
      ) d
      cross join lateral (
        select count(*) as steps
        from (select from tasker.queue q
              where q.namespace_id = n.namespace_id and q.lane = l.lane and q.ready_at > now() limit $4) q
      ) t
    ) w
    order by n.name " asc
]);
