//! Changing a pin: decided under its lock, written with its history, seen by every host at once.

use super::super::Store;
use super::super::catalog::PinFacts;
use super::super::change_error::ChangeError;
use super::super::generation::{advance_rules, lock_unmoved};
use super::super::namespace::ensure_namespace;
use super::{LOCK, PinKind, PinRow};
use serde_json::{Map, Value, json};
use sqlx::FromRow;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_domain::actor::Actor;
use tasker_domain::guard::Guard;
use tasker_domain::name::Name;
use tasker_domain::pin::{PastChange, Pinned, Rollout};
use tasker_domain::precondition::{EntityTag, Precondition, PreconditionFailed};
use tasker_domain::requirement::QualifiedName;

/// Changes of one pin that a rollback looks back over.
pub(super) const MAX_PAST_CHANGES: i64 = 1_000;

/// Which pin.
#[derive(Clone, Copy, Debug)]
pub struct PinKey<'a> {
    pub namespace: &'a Name,
    pub kind: PinKind,
    /// `name` of the pin's own namespace, or `other/name`.
    pub target: &'a str,
}

impl PinKey<'_> {
    /// As the audit names it.
    pub fn subject(&self) -> String {
        format!("pin {}", self.kind.pin_name(self.target))
    }
}

/// Who changes a pin, how and why.
#[derive(Clone, Copy, Debug)]
pub struct PinBy<'a> {
    pub actor: &'a Actor,
    /// Such as `pin.set`.
    pub action: &'static str,
    pub reason: &'a str,
    /// The pin is as the caller knows it.
    pub only_if: &'a Precondition,
}

/// What a pin becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct NewState {
    pub pinned: Pinned,
    /// The change that this one takes back.
    pub undid: Option<i64>,
}

impl NewState {
    /// A pin that takes no change back.
    pub fn of(pinned: Pinned) -> Self {
        Self {
            pinned,
            undid: None,
        }
    }
}

/// A pin's row while its transaction holds it.
pub(crate) struct LockedPinRow {
    pub namespace_id: i32,
    /// None: there is no such pin.
    pub pinned: Option<Pinned>,
    tag: Option<EntityTag>,
}

impl LockedPinRow {
    /// Refuses a change of a pin that is not as the caller knows it.
    fn check(&self, by: &PinBy<'_>) -> Result<(), PreconditionFailed> {
        by.only_if.check(self.tag.as_ref())
    }
}

impl Store {
    /// Changes or creates a pin of this target. `decide` gets the available versions, the current pin and its
    /// history, the newest change first, under the lock of the pin; it returns the new state of the pin and the
    /// change that this undoes, if any. If it returns an error, nothing changes; nor does it where its input
    /// has changed by the end: then this is `None`, and the change is to be decided anew. A pin that is not as the caller
    /// knows it is not changed either.
    pub async fn change_pin<E: From<DatabaseError> + From<PreconditionFailed>>(
        &self,
        key: &PinKey<'_>,
        target: &QualifiedName,
        by: &PinBy<'_>,
        decide: impl Fn(PinFacts, Option<Pinned>, &[PastChange]) -> Result<NewState, E>,
    ) -> Result<Option<PinRow>, E> {
        let of_database = |error: sqlx::Error| DatabaseError::from(error);
        let mut tx = self.pool().begin().await.map_err(of_database)?;
        let locked = lock_pin(&mut tx, key).await?;
        let past = past_changes(&mut tx, key).await?;
        let facts = PinFacts::read(&mut tx, key.namespace, key.kind, target).await?;
        let decided_by = facts.revisions();
        // What was not there could not be locked, and may have been made before the facts were read.
        if locked.pinned.is_none() && lock_pin(&mut tx, key).await?.pinned.is_some() {
            return Ok(None);
        }
        locked.check(by)?;
        let new_state = decide(facts, locked.pinned.clone(), &past)?;
        let row = write(&mut tx, key, &locked, &new_state, by).await?;
        if !lock_unmoved(&mut tx, &decided_by).await? {
            return Ok(None);
        }
        advance_rules(&mut tx, [key.namespace.as_str()]).await?;
        tx.commit().await.map_err(of_database)?;
        Ok(Some(row))
    }

    /// True if the pin stood.
    pub async fn remove_pin(&self, key: &PinKey<'_>, by: &PinBy<'_>) -> Result<bool, ChangeError> {
        let mut tx = self.pool().begin().await?;
        let locked = lock_pin(&mut tx, key).await?;
        locked.check(by)?;
        let Some(pinned) = &locked.pinned else {
            return Ok(false);
        };
        sqlx::query(
            "delete from tasker.pin
             where namespace_id = $1 and kind = $2::text::tasker.pin_kind and target = $3",
        )
        .bind(locked.namespace_id)
        .bind(key.kind.into_str())
        .bind(key.target)
        .execute(&mut *tx)
        .await?;
        record(&mut tx, key, (Some(pinned), None), None, by).await?;
        advance_rules(&mut tx, [key.namespace.as_str()]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Locks the pin until the transaction ends. The namespace is made at its first use.
pub(crate) async fn lock_pin(
    tx: &mut Connection,
    key: &PinKey<'_>,
) -> Result<LockedPinRow, DatabaseError> {
    let namespace_id = ensure_namespace(tx, key.namespace).await?;
    let row: Option<PinRow> = sqlx::query_as(LOCK)
        .bind(key.namespace.as_str())
        .bind(key.kind.into_str())
        .bind(key.target)
        .fetch_optional(tx)
        .await?;
    let pinned = row.as_ref().map(PinRow::pinned).transpose()?;
    Ok(LockedPinRow {
        namespace_id,
        pinned,
        tag: row.as_ref().map(PinRow::tag),
    })
}

/// The pin's changes, the newest first.
pub(crate) async fn past_changes(
    tx: &mut Connection,
    key: &PinKey<'_>,
) -> Result<Vec<PastChange>, DatabaseError> {
    #[derive(FromRow)]
    struct Row {
        audit_id: i64,
        before: Option<String>,
        after: Option<String>,
        undid: Option<i64>,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select audit_id, detail->>'from' as before, detail->>'to' as after,
                (detail->>'undid')::bigint as undid
         from tasker.audit where namespace = $1 and subject = $2
         order by audit_id desc limit $3",
    )
    .bind(key.namespace.as_str())
    .bind(key.subject())
    .bind(MAX_PAST_CHANGES)
    .fetch_all(tx)
    .await?;
    let change = |row: Row| PastChange {
        id: row.audit_id,
        from: row.before,
        to: row.after,
        undid: row.undid,
    };
    Ok(rows.into_iter().map(change).collect())
}

/// Writes what the held pin becomes, with its audit.
pub(crate) async fn write(
    tx: &mut Connection,
    key: &PinKey<'_>,
    locked: &LockedPinRow,
    new_state: &NewState,
    by: &PinBy<'_>,
) -> Result<PinRow, DatabaseError> {
    let Pinned {
        requirement,
        rollout,
    } = &new_state.pinned;
    let row = sqlx::query_as(SET)
        .bind(locked.namespace_id)
        .bind(key.kind.into_str())
        .bind(key.target)
        .bind(requirement.as_str())
        .bind(by.actor.as_str())
        .bind(key.namespace.as_str())
        .bind(rollout.as_ref().map(|rollout| rollout.requirement.as_str()))
        .bind(rollout.as_ref().map(|rollout| rollout.percent.as_f64()))
        .bind(
            rollout
                .as_ref()
                .and_then(|rollout| rollout.guard.as_ref())
                .map(stored),
        )
        .bind(
            rollout
                .as_ref()
                .and_then(|rollout| rollout.paused.as_deref()),
        )
        .fetch_one(&mut *tx)
        .await?;
    let change = (locked.pinned.as_ref(), Some(&new_state.pinned));
    record(tx, key, change, new_state.undid, by).await?;
    Ok(row)
}

async fn record(
    tx: &mut Connection,
    key: &PinKey<'_>,
    (from, to): (Option<&Pinned>, Option<&Pinned>),
    undid: Option<i64>,
    by: &PinBy<'_>,
) -> Result<(), DatabaseError> {
    let mut detail = Map::new();
    for (name, pinned) in [("from", from), ("to", to)] {
        let requirement = pinned.map(|pinned| pinned.requirement.as_str());
        detail.insert(name.to_owned(), json!(requirement));
        if let Some(rollout) = pinned.and_then(|pinned| pinned.rollout.as_ref()) {
            detail.insert(format!("rollout_{name}"), described(rollout));
        }
    }
    if let Some(undid) = undid {
        detail.insert("undid".to_owned(), json!(undid));
    }
    let change = NewAuditEntry {
        actor: by.actor,
        action: by.action,
        namespace: Some(key.namespace.as_str()),
        subject: key.subject(),
        reason: by.reason,
        detail: Value::Object(detail),
    };
    audit::record(tx, &change).await
}

/// A rollout as the history shows it; tasker.evaluate_rollout_guards writes the same form.
fn described(rollout: &Rollout) -> Value {
    let state = if rollout.paused.is_some() {
        "paused"
    } else {
        "running"
    };
    let guard = rollout.guard.as_ref().map(stored);
    json!({
        "requirement": rollout.requirement, "percent": rollout.percent, "state": state, "guard": guard
    })
}

fn stored(guard: &Guard) -> Value {
    serde_json::to_value(guard).expect("a guard is numbers and texts")
}

/// A rollout that goes elsewhere than before, or is resumed, starts anew.
const SET: &str = "
    insert into tasker.pin as p (namespace_id, kind, target, requirement, created_by, rollout_requirement,
                                 rollout_percent, guard, paused_because, rollout_state, rollout_started_at)
    values ($1, $2::text::tasker.pin_kind, $3, $4, $5, $7, $8::double precision::real, $9, $10,
            case when $7::text is null then null when $10::text is null then 'running' else 'paused' end::tasker.rollout_state,
            case when $7::text is not null then tasker.clock() end)
    on conflict (namespace_id, kind, target) do update
      set requirement = excluded.requirement, created_by = excluded.created_by, created_at = now(),
          rollout_requirement = excluded.rollout_requirement, rollout_percent = excluded.rollout_percent,
          guard = excluded.guard, paused_because = excluded.paused_because, rollout_state = excluded.rollout_state,
          rollout_started_at = case
            when p.rollout_requirement = excluded.rollout_requirement
              and not (p.rollout_state = 'paused' and excluded.rollout_state = 'running')
            then p.rollout_started_at else excluded.rollout_started_at end
    returning $6::text as namespace, kind::text as kind, target, requirement, created_at, created_by,
              rollout_requirement, rollout_percent, guard, rollout_started_at, paused_because";
