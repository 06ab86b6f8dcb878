//! Rules on which attempts are recorded, by the namespace of the task.

use super::change_error::ChangeError;
use super::namespace::{ensure_namespace, lock_namespace};
use super::{RowCount, Store, generation};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing;
use tasker_database::listing::Listing;
use tasker_domain::actor::Actor;
use tasker_domain::bounds::MAX_RECORDING_RULES;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::precondition::{EntityTag, Precondition, PreconditionFailed};
use tasker_domain::recording_rule::RecordingPolicy;
use tasker_domain::rollout::Percent;
use tasker_domain::scope::Scope;

/// One existing rule.
#[derive(Clone, Debug, FromRow)]
pub struct RecordingRule {
    pub namespace: String,
    #[sqlx(try_from = "String")]
    pub component: Scope,
    #[sqlx(try_from = "f64")]
    pub percent: Percent,
    pub only_failures: bool,
    pub set_at: DateTime<Utc>,
    pub set_by: String,
}

impl RecordingRule {
    /// Stands for what is set.
    pub fn tag(&self) -> EntityTag {
        let rule = (&self.namespace, self.component.to_string());
        EntityTag::of(&(rule, self.policy(), self.set_at, &self.set_by))
    }

    fn policy(&self) -> RecordingPolicy {
        RecordingPolicy {
            percent: self.percent,
            only_failures: self.only_failures,
        }
    }
}

/// A change of one rule.
#[derive(Clone, Copy, Debug)]
pub struct RecordingRuleChange<'a> {
    pub namespace: &'a Name,
    pub component: &'a Scope,
    pub actor: &'a Actor,
    pub reason: &'a str,
    /// The rule is as the caller knows it.
    pub only_if: &'a Precondition,
}

impl RecordingRuleChange<'_> {
    /// Refuses a change of a rule that is not as the caller knows it.
    fn check(&self, found: Option<&RecordingRule>) -> Result<(), PreconditionFailed> {
        self.only_if.check(found.map(RecordingRule::tag).as_ref())
    }
}

impl Store {
    /// Sets a rule; `None` if the namespace has [`MAX_RECORDING_RULES`] already. The namespace is made at its
    /// first use. It holds for attempts that are claimed after this returned.
    pub async fn set_recording_rule(
        &self,
        change: RecordingRuleChange<'_>,
        policy: RecordingPolicy,
    ) -> Result<Option<RecordingRule>, ChangeError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, change.namespace).await?;
        let found = locked(&mut tx, &change).await?;
        change.check(found.as_ref())?;
        let before = found.as_ref().map(RecordingRule::policy);
        if before == Some(policy) {
            return Ok(found);
        }
        let set = put(&mut tx, namespace_id, &change, policy).await?;
        if set.is_some() {
            record(&mut tx, &change, before, Some(policy)).await?;
            generation::advance_rules(&mut tx, [change.namespace.as_str()]).await?;
            tx.commit().await?;
        }
        Ok(set)
    }

    /// The rule that was removed; `None` if there is none.
    pub async fn remove_recording_rule(
        &self,
        change: RecordingRuleChange<'_>,
    ) -> Result<Option<RecordingRule>, ChangeError> {
        let mut tx = self.pool().begin().await?;
        let found = locked(&mut tx, &change).await?;
        change.check(found.as_ref())?;
        if let Some(rule) = &found {
            sqlx::query(DELETE)
                .bind(change.namespace.as_str())
                .bind(change.component.to_string())
                .execute(&mut *tx)
                .await?;
            record(&mut tx, &change, Some(rule.policy()), None).await?;
            generation::advance_rules(&mut tx, [change.namespace.as_str()]).await?;
        }
        tx.commit().await?;
        Ok(found)
    }

    /// Rules by namespace and component, of these namespaces or of all.
    pub async fn list_recording_rules(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<RecordingRule>, DatabaseError> {
        self.rows_in(&LIST, namespaces, seek).await
    }

    /// How many rules a list has.
    pub async fn count_recording_rules(
        &self,
        namespaces: &[Name],
    ) -> Result<RowCount, DatabaseError> {
        self.count_in(&LIST, namespaces).await
    }
}

/// The rule, if there is one; changes of the namespace's rules wait for each other.
async fn locked(
    tx: &mut Connection,
    change: &RecordingRuleChange<'_>,
) -> Result<Option<RecordingRule>, DatabaseError> {
    lock_namespace(tx, change.namespace).await?;
    let rule = sqlx::query_as(CURRENT)
        .bind(change.namespace.as_str())
        .bind(change.component.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(rule)
}

/// `None` if the namespace is full.
async fn put(
    tx: &mut Connection,
    namespace_id: i32,
    change: &RecordingRuleChange<'_>,
    policy: RecordingPolicy,
) -> Result<Option<RecordingRule>, DatabaseError> {
    let rule = sqlx::query_as(PUT)
        .bind(namespace_id)
        .bind(change.component.to_string())
        .bind(policy.percent.as_f64())
        .bind(policy.only_failures)
        .bind(change.actor.as_str())
        .bind(change.namespace.as_str())
        .bind(MAX_RECORDING_RULES)
        .fetch_optional(tx)
        .await?;
    Ok(rule)
}

async fn record(
    tx: &mut Connection,
    change: &RecordingRuleChange<'_>,
    before: Option<RecordingPolicy>,
    after: Option<RecordingPolicy>,
) -> Result<(), DatabaseError> {
    let action = match after {
        Some(_) => "recording_rule.set",
        None => "recording_rule.remove",
    };
    let entry = NewAuditEntry {
        actor: change.actor,
        action,
        namespace: Some(change.namespace.as_str()),
        subject: format!("recordings {}", change.component),
        reason: change.reason,
        detail: json!({"before": before, "after": after}),
    };
    audit::record(tx, &entry).await
}

const CURRENT: &str = "
    select n.name as namespace, r.component, r.percent::float8 as percent, r.only_failures, r.set_at, r.set_by
    from tasker.recording_rule r
    join tasker.namespace n using (namespace_id)
    where n.name = $1 and r.component = $2";

const PUT: &str = "
    insert into tasker.recording_rule (namespace_id, component, percent, only_failures, set_by)
    select $1, $2, $3::float8::numeric(5, 2), $4, $5
    where (select count(*) from tasker.recording_rule r
           where r.namespace_id = $1 and r.component <> $2) < $7
    on conflict on constraint recording_rule_is_unique
      do update set percent = excluded.percent, only_failures = excluded.only_failures, set_by = excluded.set_by,
                    set_at = now()
    returning $6::text as namespace, component, percent::float8 as percent, only_failures, set_at, set_by";

const DELETE: &str = "
    delete from tasker.recording_rule r using tasker.namespace n
    where r.namespace_id = n.namespace_id and n.name = $1 and r.component = $2";

const LIST: Listing = listing! {
    "select n.name as namespace, r.component, r.percent::float8 as percent, r.only_failures, r.set_at, r.set_by
     from tasker.recording_rule r
     join tasker.namespace n using (namespace_id)
     where ($1::text is null or n.name = $1)
       and ($2::text is null or (n.name, r.component) " > " ($2, $3))
     order by n.name " asc ", r.component " asc "
     limit $4"
};
