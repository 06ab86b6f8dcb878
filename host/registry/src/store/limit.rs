//! Rules on what attempts may use, by the namespace of the task.

use super::change_error::ChangeError;
use super::namespace::{ensure_namespace, lock_namespace};
use super::{RowCount, Store, generation};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use sqlx::types::Json;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing;
use tasker_database::listing::Listing;
use tasker_domain::actor::Actor;
use tasker_domain::bounds::MAX_LIMIT_RULES;
use tasker_domain::limits::{LimitPatch, LimitSettings};
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::precondition::{EntityTag, Precondition, PreconditionFailed};
use tasker_domain::scope::Scope;

/// One existing rule.
#[derive(Clone, Debug, FromRow)]
pub struct LimitRule {
    pub limit_rule_id: i64,
    pub namespace: String,
    #[sqlx(try_from = "String")]
    pub component: Scope,
    /// At least one.
    #[sqlx(json)]
    pub limits: LimitSettings,
    pub set_at: DateTime<Utc>,
    pub set_by: String,
}

impl LimitRule {
    /// Stands for what is set.
    pub fn tag(&self) -> EntityTag {
        let rule = (&self.namespace, self.component.to_string());
        EntityTag::of(&(rule, &self.limits, self.set_at, &self.set_by))
    }
}

/// A change of one rule.
#[derive(Clone, Copy, Debug)]
pub struct LimitChange<'a> {
    pub namespace: &'a Name,
    pub component: &'a Scope,
    pub actor: &'a Actor,
    pub reason: &'a str,
    /// The rule is as the caller knows it.
    pub only_if: &'a Precondition,
}

impl LimitChange<'_> {
    /// Refuses a change of a rule that is not as the caller knows it.
    fn check(&self, found: Option<&LimitRule>) -> Result<(), PreconditionFailed> {
        self.only_if.check(found.map(LimitRule::tag).as_ref())
    }
}

/// The result of a change.
#[derive(Clone, Debug)]
pub enum LimitsChanged {
    /// The current rule.
    Stands(LimitRule),
    /// It has no limit left, and so there is none.
    Gone,
    /// The namespace has [`MAX_LIMIT_RULES`] already.
    Full,
}

impl Store {
    /// Sets and removes single limits of a rule, which is made where there is none and goes where
    /// none of its limits is left. The namespace is made at its first use. Attempts that are claimed
    /// after this returned are held to it.
    pub async fn change_limits(
        &self,
        change: LimitChange<'_>,
        patch: &LimitPatch,
    ) -> Result<LimitsChanged, ChangeError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, change.namespace).await?;
        let found = locked(&mut tx, &change).await?;
        change.check(found.as_ref())?;
        let before = found.as_ref().map(|rule| rule.limits.clone());
        let before = before.unwrap_or_default();
        let after = before.patched(patch);
        if before == after {
            return Ok(found.map_or(LimitsChanged::Gone, LimitsChanged::Stands));
        }
        let changed = match after.is_empty() {
            true => {
                delete(&mut tx, &change).await?;
                LimitsChanged::Gone
            }
            false => match put(&mut tx, namespace_id, &change, &after).await? {
                Some(rule) => LimitsChanged::Stands(rule),
                None => return Ok(LimitsChanged::Full),
            },
        };
        record(&mut tx, &change, &before, &after).await?;
        generation::advance_rules(&mut tx, [change.namespace.as_str()]).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// The rule that was removed; `None` if there is none.
    pub async fn remove_limits(
        &self,
        change: LimitChange<'_>,
    ) -> Result<Option<LimitRule>, ChangeError> {
        let mut tx = self.pool().begin().await?;
        change.check(locked(&mut tx, &change).await?.as_ref())?;
        let removed = delete(&mut tx, &change).await?;
        if let Some(rule) = &removed {
            record(&mut tx, &change, &rule.limits, &LimitSettings::default()).await?;
            generation::advance_rules(&mut tx, [change.namespace.as_str()]).await?;
        }
        tx.commit().await?;
        Ok(removed)
    }

    /// Rules by namespace and component, of these namespaces or of all.
    pub async fn list_limits(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<LimitRule>, DatabaseError> {
        self.rows_in(&LIST, namespaces, seek).await
    }

    /// How many rules a list has.
    pub async fn count_limits(&self, namespaces: &[Name]) -> Result<RowCount, DatabaseError> {
        self.count_in(&LIST, namespaces).await
    }
}

/// The rule, if there is one; changes of the namespace's rules wait for each other.
async fn locked(
    tx: &mut Connection,
    change: &LimitChange<'_>,
) -> Result<Option<LimitRule>, DatabaseError> {
    lock_namespace(tx, change.namespace).await?;
    let rule = sqlx::query_as(STANDING)
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
    change: &LimitChange<'_>,
    limits: &LimitSettings,
) -> Result<Option<LimitRule>, DatabaseError> {
    let rule = sqlx::query_as(PUT)
        .bind(namespace_id)
        .bind(change.component.to_string())
        .bind(Json(limits))
        .bind(change.actor.as_str())
        .bind(change.namespace.as_str())
        .bind(MAX_LIMIT_RULES)
        .fetch_optional(tx)
        .await?;
    Ok(rule)
}

async fn delete(
    tx: &mut Connection,
    change: &LimitChange<'_>,
) -> Result<Option<LimitRule>, DatabaseError> {
    let rule = sqlx::query_as(DELETE)
        .bind(change.namespace.as_str())
        .bind(change.component.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(rule)
}

async fn record(
    tx: &mut Connection,
    change: &LimitChange<'_>,
    before: &LimitSettings,
    after: &LimitSettings,
) -> Result<(), DatabaseError> {
    let action = match after.is_empty() {
        true => "limit.remove",
        false => "limit.set",
    };
    let change = NewAuditEntry {
        actor: change.actor,
        action,
        namespace: Some(change.namespace.as_str()),
        subject: format!("limits {}", change.component),
        reason: change.reason,
        detail: json!({"before": before, "after": after}),
    };
    audit::record(tx, &change).await
}

const STANDING: &str = "
    select r.limit_rule_id, n.name as namespace, r.component, r.limits, r.set_at, r.set_by
    from tasker.limit_rule r
    join tasker.namespace n using (namespace_id)
    where n.name = $1 and r.component = $2";

const PUT: &str = "
    insert into tasker.limit_rule (namespace_id, component, limits, set_by)
    select $1, $2, $3, $4
    where (select count(*) from tasker.limit_rule r
           where r.namespace_id = $1 and r.component <> $2) < $6
    on conflict on constraint limit_rule_is_unique
      do update set limits = excluded.limits, set_by = excluded.set_by, set_at = now()
    returning limit_rule_id, $5::text as namespace, component, limits, set_at, set_by";

const DELETE: &str = "
    delete from tasker.limit_rule r using tasker.namespace n
    where r.namespace_id = n.namespace_id and n.name = $1 and r.component = $2
    returning r.limit_rule_id, n.name as namespace, r.component, r.limits, r.set_at, r.set_by";

const LIST: Listing = listing! {
    "select r.limit_rule_id, n.name as namespace, r.component, r.limits, r.set_at, r.set_by
     from tasker.limit_rule r
     join tasker.namespace n using (namespace_id)
     where ($1::text is null or n.name = $1)
       and ($2::text is null or (n.name, r.component) " > " ($2, $3))
     order by n.name " asc ", r.component " asc "
     limit $4"
};
