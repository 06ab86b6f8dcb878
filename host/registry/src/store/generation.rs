//! The number of changes of the registry, for caches.

use super::catalog::NamespaceRevision;
use super::{Store, columns};
use sqlx::FromRow;
use std::collections::BTreeMap;
use tasker_database::{Connection, DatabaseError};
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;

/// How often what new tasks may take of a component has changed.
#[derive(Debug, FromRow)]
pub struct ComponentRevision {
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    /// Of the namespace.
    pub families_revision: i64,
    #[sqlx(try_from = "String")]
    pub component: Name,
    pub revision: i64,
}

impl Store {
    /// Grows with every change of the registry, and is visible together with it.
    pub async fn registry_generation(&self) -> Result<i64, DatabaseError> {
        let generation = sqlx::query_scalar("select generation from tasker.registry_generation")
            .fetch_one(self.pool())
            .await?;
        Ok(generation)
    }

    /// How often what new tasks may take of each of these components has changed. Read it before the
    /// candidates: those of the same revision are the same.
    pub async fn component_revisions(
        &self,
        components: &[QualifiedName],
    ) -> Result<Vec<ComponentRevision>, DatabaseError> {
        let (namespaces, names) = columns(components);
        let rows = sqlx::query_as("select * from tasker.component_revisions($1, $2)")
            .bind(namespaces)
            .bind(names)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// Called in the transaction of whatever changes what new tasks may take of this code: the components
/// that have it are listed anew. Locks them by id. Tells their namespaces, which are to be advanced.
pub(crate) async fn revise_components(
    tx: &mut Connection,
    digest: Digest,
) -> Result<Vec<String>, DatabaseError> {
    let namespaces = sqlx::query_scalar(
        "with revised as materialized (
           select component_id from tasker.component
           where component_id in (select component_id from tasker.component_version where digest = $1)
           order by component_id for no key update
         )
         update tasker.component c set revision = c.revision + 1
         from revised r, tasker.namespace n
         where c.component_id = r.component_id and n.namespace_id = c.namespace_id
         returning n.name",
    )
    .bind(&digest.as_bytes()[..])
    .fetch_all(tx)
    .await?;
    Ok(namespaces)
}

/// Called last in the transaction of whatever changes the versions of components or templates of these
/// namespaces, or what may be taken of them: all that was loaded of the namespaces is loaded anew. Locks
/// them by id.
pub(crate) async fn advance<'n>(
    tx: &mut Connection,
    namespaces: impl IntoIterator<Item = &'n str>,
) -> Result<(), DatabaseError> {
    advance_by(tx, namespaces, true).await
}

/// The same for a change of what the namespaces say, such as a pin: what was loaded of their versions
/// stays.
pub(crate) async fn advance_rules<'n>(
    tx: &mut Connection,
    namespaces: impl IntoIterator<Item = &'n str>,
) -> Result<(), DatabaseError> {
    advance_by(tx, namespaces, false).await
}

async fn advance_by<'n>(
    tx: &mut Connection,
    namespaces: impl IntoIterator<Item = &'n str>,
    has_families: bool,
) -> Result<(), DatabaseError> {
    let namespaces: Vec<&str> = namespaces.into_iter().collect();
    sqlx::query(
        "with advanced as materialized (
           select namespace_id from tasker.namespace where name = any ($1)
           order by namespace_id for no key update
         )
         update tasker.namespace n
         set revision = n.revision + 1, families_revision = n.families_revision + $2::bool::int
         from advanced a where n.namespace_id = a.namespace_id",
    )
    .bind(namespaces)
    .bind(has_families)
    .execute(&mut *tx)
    .await?;
    advance_generation(tx).await
}

/// Called before one of these for a change that was decided by what was read of these namespaces in this
/// transaction, at these revisions. False if one of them has moved since: then the transaction is to be
/// given up, and the change decided anew. Locks them by id.
pub(crate) async fn lock_unmoved(
    tx: &mut Connection,
    decided_by: &BTreeMap<Name, i64>,
) -> Result<bool, DatabaseError> {
    let names: Vec<&str> = decided_by.keys().map(Name::as_str).collect();
    let now: Vec<NamespaceRevision> = sqlx::query_as(
        "select name as namespace, revision, families_revision from tasker.namespace where name = any ($1)
         order by namespace_id for no key update",
    )
    .bind(names)
    .fetch_all(&mut *tx)
    .await?;
    Ok(now
        .iter()
        .all(|it| decided_by.get(&it.namespace) == Some(&it.revisions.namespace)))
}

/// Called last in the transaction of whatever hosts depend on: its row is locked until the commit, and a
/// number that is seen before its change would let stale rules live on. Hints to
/// every host that it is worth looking.
pub(crate) async fn advance_generation(tx: &mut Connection) -> Result<(), DatabaseError> {
    sqlx::query("update tasker.registry_generation set generation = generation + 1")
        .execute(&mut *tx)
        .await?;
    sqlx::query("select pg_notify('tasker_registry', '')")
        .execute(tx)
        .await?;
    Ok(())
}
