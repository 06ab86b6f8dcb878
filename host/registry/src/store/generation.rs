//! How often the registry has changed, for whoever keeps what it read.

use super::Store;
use super::candidates::columns;
use sqlx::FromRow;
use tasker_database::{Connection, DatabaseError};
use tasker_domain::digest::Digest;
use tasker_domain::requirement::QualifiedName;

/// How often what new tasks may take of a component has changed.
#[derive(Debug, FromRow)]
pub struct ComponentRevision {
    pub namespace: String,
    pub component: String,
    pub revision: i64,
}

impl Store {
    /// Grows with every publish and every change of a pin, and is visible together with it: what
    /// was resolved under the present generation still holds. Read it before the candidates.
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
        let rows = sqlx::query_as(
            "select n.name as namespace, c.name as component, c.revision
             from unnest($1::text[], $2::text[]) as wanted (namespace, component)
             join tasker.namespace n on n.name = wanted.namespace
             join tasker.component c on c.namespace_id = n.namespace_id and c.name = wanted.component",
        )
        .bind(namespaces)
        .bind(names)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }
}

/// Called in the transaction of whatever changes what new tasks may take of this code: the components
/// that have it are listed anew. Locks them by id.
pub(crate) async fn revise_components(
    tx: &mut Connection,
    digest: Digest,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "with revised as materialized (
           select component_id from tasker.component
           where component_id in (select component_id from tasker.component_version where digest = $1)
           order by component_id for no key update
         )
         update tasker.component c set revision = c.revision + 1
         from revised r where c.component_id = r.component_id",
    )
    .bind(&digest.as_bytes()[..])
    .execute(tx)
    .await?;
    Ok(())
}

/// Called last in the transaction of whatever resolution or hosts depend on: its row is locked until
/// the commit, and a number that is seen before its change would let a stale lock live on. Hints to
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
