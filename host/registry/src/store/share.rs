//! Shares: which components other namespaces may use.

use super::namespace::ensure_namespace;
use super::{Addition, RowCount, Store, generation, texts};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing;
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::permission::NamespaceScope;
use tasker_domain::scope::Scope;

/// Shares that one namespace makes at most.
pub const MAX_SHARES: i64 = 1_000;

/// One existing share.
#[derive(Clone, Debug, FromRow)]
pub struct ShareRow {
    pub share_id: i64,
    /// Whose components.
    pub namespace: String,
    /// `name`, or `*` for all of them.
    pub component: String,
    /// The namespace that may use them, or `*` for every one.
    pub shared_with: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

/// What is shared, or shared no longer.
#[derive(Clone, Copy, Debug)]
pub struct ShareChange<'a> {
    pub namespace: &'a Name,
    /// All, or one of the namespace itself.
    pub component: &'a Scope,
    pub shared_with: &'a NamespaceScope,
    pub actor: &'a Actor,
    pub reason: &'a str,
}

impl Store {
    /// Shares it, unless it is shared already. Tasks that are created after this returned may use it.
    pub async fn add_share(
        &self,
        change: ShareChange<'_>,
    ) -> Result<Addition<ShareRow>, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, change.namespace).await?;
        if let Some(row) = standing(&mut tx, &change).await? {
            return Ok(Addition::Stood(row));
        }
        let inserted: Option<ShareRow> = sqlx::query_as(INSERT)
            .bind(namespace_id)
            .bind(change.component.to_string())
            .bind(change.shared_with.to_string())
            .bind(change.actor.as_str())
            .bind(change.namespace.as_str())
            .bind(MAX_SHARES)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = inserted else {
            // Full, unless somebody else shared the same at this moment.
            let standing = standing(&mut tx, &change).await?;
            return Ok(standing.map_or(Addition::Full, Addition::Stood));
        };
        audit::record(&mut tx, &recorded("share.add", &change)).await?;
        generation::advance_rules(&mut tx, [change.namespace.as_str()]).await?;
        tx.commit().await?;
        Ok(Addition::Added(row))
    }

    /// The share that was taken back; `None` if there is none. Tasks that exist keep what they have.
    pub async fn remove_share(
        &self,
        change: ShareChange<'_>,
    ) -> Result<Option<ShareRow>, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let removed: Option<ShareRow> = sqlx::query_as(REMOVE)
            .bind(change.namespace.as_str())
            .bind(change.component.to_string())
            .bind(change.shared_with.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        if removed.is_some() {
            audit::record(&mut tx, &recorded("share.remove", &change)).await?;
            generation::advance_rules(&mut tx, [change.namespace.as_str()]).await?;
        }
        tx.commit().await?;
        Ok(removed)
    }

    /// Shares by id: all, or those that one of these namespaces makes or has a part in.
    pub async fn list_shares(
        &self,
        namespaces: &[Name],
        seek: Seek<i64>,
    ) -> Result<Vec<ShareRow>, DatabaseError> {
        self.shares_in(LIST.rows(seek.direction), namespaces, seek)
            .await
    }

    /// How many shares a list has.
    pub async fn count_shares(&self, namespaces: &[Name]) -> Result<RowCount, DatabaseError> {
        let rows = self.shares_in(LIST.count(), namespaces, counting());
        Ok(RowCount::of_rows(&rows.await?))
    }

    async fn shares_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        namespaces: &[Name],
        seek: Seek<i64>,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(statement)
            .bind(texts(namespaces))
            .bind(seek.after)
            .bind(seek.limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

async fn standing(
    tx: &mut Connection,
    change: &ShareChange<'_>,
) -> Result<Option<ShareRow>, DatabaseError> {
    let row = sqlx::query_as(STANDING)
        .bind(change.namespace.as_str())
        .bind(change.component.to_string())
        .bind(change.shared_with.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(row)
}

fn recorded<'a>(action: &'a str, change: &ShareChange<'a>) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor: change.actor,
        action,
        namespace: Some(change.namespace.as_str()),
        subject: format!("share {}", change.component),
        reason: change.reason,
        detail: json!({"shared_with": change.shared_with}),
    }
}

const STANDING: &str = "
    select s.share_id, n.name as namespace, s.component, s.shared_with, s.created_at, s.created_by
    from tasker.share s
    join tasker.namespace n using (namespace_id)
    where n.name = $1 and s.component = $2 and s.shared_with = $3";

const INSERT: &str = "
    insert into tasker.share (namespace_id, component, shared_with, created_by)
    select $1, $2, $3, $4
    where (select count(*) from tasker.share s where s.namespace_id = $1) < $6
    on conflict do nothing
    returning share_id, $5::text as namespace, component, shared_with, created_at, created_by";

const REMOVE: &str = "
    delete from tasker.share s using tasker.namespace n
    where s.namespace_id = n.namespace_id and n.name = $1 and s.component = $2 and s.shared_with = $3
    returning s.share_id, n.name as namespace, s.component, s.shared_with, s.created_at, s.created_by";

const LIST: Listing = listing! {
    "select s.share_id, n.name as namespace, s.component, s.shared_with, s.created_at, s.created_by
     from tasker.share s
     join tasker.namespace n using (namespace_id)
     where ($1::text[] is null or n.name = any ($1) or s.shared_with = any ($1 || '*'::text))
       and ($2::bigint is null or s.share_id " > " $2)
     order by s.share_id " asc "
     limit $3"
};
