//! What pins were before.

use super::super::Store;
use super::change::MAX_PAST_CHANGES;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::name::Name;
use tasker_domain::pin::PastChange;
use tasker_domain::requirement::{ComponentRef, QualifiedName};

/// One change of a pin of a component.
#[derive(Debug, FromRow)]
pub struct PinPastRow {
    /// Of the pin.
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    /// `name` of that namespace, or `other/name`.
    #[sqlx(try_from = "String")]
    pub target: ComponentRef,
    audit_id: i64,
    before: Option<String>,
    after: Option<String>,
    undid: Option<i64>,
}

impl PinPastRow {
    /// The change itself.
    pub fn change(self) -> PastChange {
        PastChange {
            id: self.audit_id,
            from: self.before,
            to: self.after,
            undid: self.undid,
        }
    }
}

impl Store {
    /// The changes of existing pins, of one component in any namespace or of all components;
    /// of each pin the newest first.
    pub async fn pin_pasts(
        &self,
        component: Option<&QualifiedName>,
    ) -> Result<Vec<PinPastRow>, DatabaseError> {
        let rows = sqlx::query_as(PASTS)
            .bind(component.map(|it| it.namespace.as_str()))
            .bind(component.map(|it| it.name.as_str()))
            .bind(MAX_PAST_CHANGES)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

const PASTS: &str = "
    select n.name as namespace, p.target, a.audit_id, a.before, a.after, a.undid
    from tasker.pin p
    join tasker.namespace n using (namespace_id)
    cross join lateral (
      select r.audit_id, r.detail->>'from' as before, r.detail->>'to' as after, (r.detail->>'undid')::bigint as undid
      from tasker.audit r
      where r.namespace = n.name and r.subject = 'pin component ' || p.target
      order by r.audit_id desc
      limit $3) a
    where p.kind = 'component'
      and ($1::text is null or p.target in ($2, $1 || '/' || $2) and (n.name = $1 or p.target <> $2))
    order by n.name, p.target, a.audit_id desc";
