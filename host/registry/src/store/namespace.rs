//! Namespaces.

use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_domain::name::Name;

/// Locks the namespace, if it exists, until the transaction ends: changes of its rules wait for each other.
pub(crate) async fn lock_namespace(tx: &mut Connection, name: &Name) -> Result<(), DatabaseError> {
    sqlx::query("select from tasker.namespace where name = $1 for no key update")
        .bind(name.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

/// The id of the namespace, which is made at its first use.
pub(crate) async fn ensure_namespace(
    tx: &mut Connection,
    name: &Name,
) -> Result<i32, DatabaseError> {
    sqlx::query("insert into tasker.namespace (name) values ($1) on conflict do nothing")
        .bind(name.as_str())
        .execute(&mut *tx)
        .await?;
    let id = sqlx::query_scalar("select namespace_id from tasker.namespace where name = $1")
        .bind(name.as_str())
        .fetch_one(tx)
        .await?;
    Ok(id)
}
