//! Pins: an operator's rules for what new tasks take.

use super::audit::{self, Change};
use super::component::ensure_namespace;
use super::{Store, StoreError};
use crate::domain::actor::Actor;
use crate::domain::name::Name;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{FromRow, PgConnection};

/// What a pin is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinKind {
    Template,
    Component,
}

impl PinKind {
    /// The kind of this name: `template` or `component`.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Template, Self::Component]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Component => "component",
        }
    }
}

/// One pin as it stands.
#[derive(Debug, FromRow)]
pub struct PinRow {
    pub namespace: String,
    #[sqlx(try_from = "String")]
    pub kind: PinKind,
    /// `name` of the pin's own namespace, or `other/name`.
    pub target: String,
    pub requirement: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

impl TryFrom<String> for PinKind {
    type Error = PinKindError;

    fn try_from(text: String) -> Result<Self, PinKindError> {
        Self::named(&text).ok_or(PinKindError(text))
    }
}

/// A text that is not a kind of pin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `template` nor `component`")]
pub struct PinKindError(String);

impl Store {
    /// Sets the pin, in place of one that stood there before. The namespace is made at its first
    /// use.
    pub async fn set_pin(
        &self,
        namespace: &Name,
        kind: PinKind,
        target: &str,
        requirement: &str,
        actor: &Actor,
        reason: &str,
    ) -> Result<PinRow, StoreError> {
        let mut tx = self.pool.begin().await?;
        let namespace_id = ensure_namespace(&mut tx, namespace).await?;
        let before = requirement_of(&mut tx, namespace_id, kind, target).await?;
        let row = sqlx::query_as(SET)
            .bind(namespace_id)
            .bind(kind.as_str())
            .bind(target)
            .bind(requirement)
            .bind(actor.as_str())
            .bind(namespace.as_str())
            .fetch_one(&mut *tx)
            .await?;
        let change = Change {
            actor,
            action: "pin.set",
            namespace: Some(namespace.as_str()),
            subject: subject(kind, target),
            reason,
            detail: json!({"from": before, "to": requirement}),
        };
        audit::record(&mut tx, &change).await?;
        super::lock::advance_generation(&mut tx).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// True where the pin stood.
    pub async fn remove_pin(
        &self,
        namespace: &Name,
        kind: PinKind,
        target: &str,
        actor: &Actor,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let removed: Option<String> = sqlx::query_scalar(
            "delete from tasker.pin p using tasker.namespace n
             where p.namespace_id = n.namespace_id and n.name = $1 and p.kind::text = $2 and p.target = $3
             returning p.requirement",
        )
        .bind(namespace.as_str())
        .bind(kind.as_str())
        .bind(target)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(requirement) = &removed {
            let change = Change {
                actor,
                action: "pin.remove",
                namespace: Some(namespace.as_str()),
                subject: subject(kind, target),
                reason: "",
                detail: json!({"from": requirement, "to": null}),
            };
            audit::record(&mut tx, &change).await?;
            super::lock::advance_generation(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(removed.is_some())
    }

    /// Pins by (namespace, kind, target), after the given triple, `limit` at most.
    pub async fn list_pins(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, PinKind, &str)>,
        limit: i64,
    ) -> Result<Vec<PinRow>, StoreError> {
        let rows = sqlx::query_as(LIST)
            .bind(namespace.map(Name::as_str))
            .bind(after.map(|(namespace, _, _)| namespace))
            .bind(after.map(|(_, kind, _)| kind.as_str()))
            .bind(after.map(|(_, _, target)| target))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }
}

/// As the audit names a pin.
fn subject(kind: PinKind, target: &str) -> String {
    format!("pin {} {target}", kind.as_str())
}

async fn requirement_of(
    tx: &mut PgConnection,
    namespace_id: i32,
    kind: PinKind,
    target: &str,
) -> Result<Option<String>, StoreError> {
    let requirement = sqlx::query_scalar(
        "select requirement from tasker.pin
         where namespace_id = $1 and kind = $2::text::tasker.pin_kind and target = $3 for update",
    )
    .bind(namespace_id)
    .bind(kind.as_str())
    .bind(target)
    .fetch_optional(tx)
    .await?;
    Ok(requirement)
}

const SET: &str = "
    insert into tasker.pin (namespace_id, kind, target, requirement, created_by)
    values ($1, $2::text::tasker.pin_kind, $3, $4, $5)
    on conflict (namespace_id, kind, target) do update
      set requirement = excluded.requirement, created_by = excluded.created_by, created_at = now()
    returning $6::text as namespace, kind::text as kind, target, requirement, created_at, created_by";

const LIST: &str = "
    select n.name as namespace, p.kind::text as kind, p.target, p.requirement, p.created_at, p.created_by
    from tasker.pin p
    join tasker.namespace n using (namespace_id)
    where ($1::text is null or n.name = $1)
      and ($2::text is null or (n.name, p.kind, p.target) > ($2, $3::text::tasker.pin_kind, $4))
    order by n.name, p.kind, p.target
    limit $5";
