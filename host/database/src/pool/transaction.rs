//! A transaction on a connection of a pool.

use super::Connection;
use sqlx::{AssertSqlSafe, Error, Executor as _};
use std::ops::{Deref, DerefMut};

/// A transaction; rolled back when it is dropped without [`Transaction::commit`].
#[derive(Debug)]
pub struct Transaction(Connection);

impl Transaction {
    /// Begins with `settings`, which are statements, in one round trip.
    pub(super) async fn begin(
        mut connection: Connection,
        settings: Option<String>,
    ) -> Result<Self, Error> {
        connection.set_in_transaction(true);
        let begin = match settings {
            None => AssertSqlSafe("begin".to_owned()),
            Some(settings) => AssertSqlSafe(format!("begin; {settings}")),
        };
        connection.execute(sqlx::raw_sql(begin)).await?;
        Ok(Self(connection))
    }

    /// An error leaves in doubt whether what was done lasts.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.0.execute(sqlx::raw_sql("commit")).await?;
        self.0.set_in_transaction(false);
        Ok(())
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}
