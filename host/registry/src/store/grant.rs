//! Grants: what components may reach in the tasks of a namespace.

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
use tasker_domain::bounds::MAX_GRANTS;
use tasker_domain::capability::Capability;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::scope::Scope;

/// One existing grant.
#[derive(Clone, Debug, FromRow)]
pub struct GrantRow {
    pub grant_id: i64,
    pub namespace: String,
    /// `*`, `name` of the grant's own namespace, or `other/name`.
    #[sqlx(try_from = "String")]
    pub component: Scope,
    #[sqlx(try_from = "String")]
    pub capability: Capability,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

/// What is to be granted.
#[derive(Clone, Copy, Debug)]
pub struct NewGrant<'a> {
    pub namespace: &'a Name,
    pub component: &'a Scope,
    /// One that can be granted: it names its destination or value.
    pub capability: &'a Capability,
    pub actor: &'a Actor,
    pub reason: &'a str,
}

/// Which grants are asked for; what is none is not looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrantFilter<'a> {
    /// Of one of these namespaces; none: of any.
    pub namespaces: &'a [Name],
    pub component: Option<&'a Scope>,
}

impl Store {
    /// Grants it, unless it is already granted. An environment variable replaces its former value. The
    /// namespace is made at its first use.
    pub async fn add_grant(&self, new: NewGrant<'_>) -> Result<Addition<GrantRow>, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, new.namespace).await?;
        let granted = insert(&mut tx, namespace_id, &new).await?;
        if let Addition::Added(_) = granted {
            generation::advance_rules(&mut tx, [new.namespace.as_str()]).await?;
            tx.commit().await?;
        }
        Ok(granted)
    }

    /// The grant that was taken away; `None` if there is none of this id in the namespace.
    pub async fn remove_grant(
        &self,
        namespace: &Name,
        grant_id: i64,
        actor: &Actor,
        reason: &str,
    ) -> Result<Option<GrantRow>, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let removed: Option<GrantRow> = sqlx::query_as(REMOVE)
            .bind(namespace.as_str())
            .bind(grant_id)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(row) = &removed {
            let change = change("grant.remove", row, actor, reason);
            audit::record(&mut tx, &change).await?;
            generation::advance_rules(&mut tx, [namespace.as_str()]).await?;
        }
        tx.commit().await?;
        Ok(removed)
    }

    /// Grants by id.
    pub async fn list_grants(
        &self,
        filter: GrantFilter<'_>,
        seek: Seek<i64>,
    ) -> Result<Vec<GrantRow>, DatabaseError> {
        self.grants_in(LIST.rows(seek.direction), filter, seek)
            .await
    }

    /// How many grants a list has.
    pub async fn count_grants(&self, filter: GrantFilter<'_>) -> Result<RowCount, DatabaseError> {
        let rows = self.grants_in(LIST.count(), filter, counting()).await?;
        Ok(RowCount::of_rows(&rows))
    }

    async fn grants_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        filter: GrantFilter<'_>,
        seek: Seek<i64>,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(statement)
            .bind(texts(filter.namespaces))
            .bind(filter.component.map(Scope::to_string))
            .bind(seek.after)
            .bind(seek.limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// Adds the grant and its audit entry unless it exists; the caller advances the namespace.
pub(crate) async fn insert(
    tx: &mut Connection,
    namespace_id: i32,
    new: &NewGrant<'_>,
) -> Result<Addition<GrantRow>, DatabaseError> {
    if let Some(row) = standing(tx, new).await? {
        return Ok(Addition::Stood(row));
    }
    replace_variable(tx, namespace_id, new).await?;
    let inserted: Option<GrantRow> = sqlx::query_as(INSERT)
        .bind(namespace_id)
        .bind(new.component.to_string())
        .bind(new.capability.to_string())
        .bind(new.actor.as_str())
        .bind(new.namespace.as_str())
        .bind(MAX_GRANTS)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = inserted else {
        // Full, unless somebody else granted the same at this moment.
        let standing = standing(tx, new).await?;
        return Ok(standing.map_or(Addition::Full, Addition::Stood));
    };
    audit::record(tx, &change("grant.add", &row, new.actor, new.reason)).await?;
    Ok(Addition::Added(row))
}

async fn standing(
    tx: &mut Connection,
    new: &NewGrant<'_>,
) -> Result<Option<GrantRow>, DatabaseError> {
    let row = sqlx::query_as(STANDING)
        .bind(new.namespace.as_str())
        .bind(new.component.to_string())
        .bind(new.capability.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(row)
}

/// A variable has one value; the insert that follows sets the new one.
async fn replace_variable(
    tx: &mut Connection,
    namespace_id: i32,
    new: &NewGrant<'_>,
) -> Result<(), DatabaseError> {
    if let Capability::Env(name, _) = new.capability {
        sqlx::query(
            "delete from tasker.grant
             where namespace_id = $1 and component = $2 and starts_with(capability, $3)",
        )
        .bind(namespace_id)
        .bind(new.component.to_string())
        .bind(format!("env {name}="))
        .execute(tx)
        .await?;
    }
    Ok(())
}

fn change<'a>(
    action: &'a str,
    row: &'a GrantRow,
    actor: &'a Actor,
    reason: &'a str,
) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor,
        action,
        namespace: Some(&row.namespace),
        subject: format!("grant {}", row.component),
        reason,
        detail: json!({"grant_id": row.grant_id, "capability": row.capability}),
    }
}

const STANDING: &str = "
    select g.grant_id, n.name as namespace, g.component, g.capability, g.created_at, g.created_by
    from tasker.grant g
    join tasker.namespace n using (namespace_id)
    where n.name = $1 and g.component = $2 and g.capability = $3";

const INSERT: &str = "
    insert into tasker.grant (namespace_id, component, capability, created_by)
    select $1, $2, $3, $4
    where (select count(*) from tasker.grant g where g.namespace_id = $1) < $6
    on conflict do nothing
    returning grant_id, $5::text as namespace, component, capability, created_at, created_by";

const REMOVE: &str = "
    delete from tasker.grant g using tasker.namespace n
    where g.namespace_id = n.namespace_id and n.name = $1 and g.grant_id = $2
    returning g.grant_id, n.name as namespace, g.component, g.capability, g.created_at, g.created_by";

const LIST: Listing = listing! {
    "select g.grant_id, n.name as namespace, g.component, g.capability, g.created_at, g.created_by
     from tasker.grant g
     join tasker.namespace n using (namespace_id)
     where ($1::text[] is null or n.name = any ($1))
       and ($2::text is null or g.component = $2)
       and ($3::bigint is null or g.grant_id " > " $3)
     order by g.grant_id " asc "
     limit $4"
};
