//! The SQL of the registry: components, templates, pins, and the rules of namespaces.

pub mod api_key;
pub mod approve;
pub mod audit;
pub mod browser_session;
pub mod catalog;
pub mod change_error;
pub mod collect;
pub mod component;
pub mod declared_event;
pub mod generation;
pub mod grant;
pub mod inventory;
pub mod kv;
pub mod limit;
mod namespace;
pub mod pin;
pub mod quarantine;
pub mod queue;
pub mod references;
pub mod retention;
pub mod secret;
pub mod share;
pub mod signature;
pub mod subscription;
pub mod template;
pub mod uses;
pub mod yank;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow, SqlSafeStr};
use tasker_database::{DatabaseError, Pool};
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_engine::Engine;

/// What came of adding something that a namespace has a bounded number of.
#[derive(Clone, Debug)]
pub enum Addition<R> {
    Added(R),
    /// It stood already.
    Stood(R),
    /// The namespace has as many as it may.
    Full,
}

/// As far as the rows of a list are counted.
pub const MAX_COUNTED: i64 = 10_000;

/// How many rows a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowCount {
    pub count: i64,
    /// False if it is estimated, or if there are more.
    pub is_exact: bool,
}

impl RowCount {
    /// What a query counted that [`counted`] made, which had one row more than [`MAX_COUNTED`] as its limit.
    fn of(counted: &[(i64,)]) -> Self {
        let count = counted.first().map_or(0, |(count,)| *count);
        Self {
            count: count.min(MAX_COUNTED),
            is_exact: count <= MAX_COUNTED,
        }
    }
}

/// Counts the rows of a list instead of reading them.
fn counted(list: &'static str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("select count(*) from ({list}) l"))
}

/// A row of a list, or how many there are.
trait ListRow: for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, PgRow> + Send + Unpin> ListRow for T {}

/// The registry in the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
}

impl Store {
    /// Rows of a list by name: its parameters are the name after which they are, and how many at most.
    async fn rows_after<R: ListRow>(
        &self,
        list: impl SqlSafeStr,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<R>, DatabaseError> {
        let query = sqlx::query_as(list).bind(after).bind(limit);
        Ok(query.fetch_all(self.pool()).await?)
    }

    /// Rows of a list by namespace and name: its parameters are the namespace, or none for all, the pair after which they
    /// are, and how many at most.
    async fn rows_in<R: ListRow>(
        &self,
        list: impl SqlSafeStr,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<R>, DatabaseError> {
        let (after_namespace, after_name) = after.unzip();
        let query = sqlx::query_as(list)
            .bind(namespace.map(Name::as_str))
            .bind(after_namespace)
            .bind(after_name)
            .bind(limit);
        Ok(query.fetch_all(self.pool()).await?)
    }
}

impl Store {
    /// Over the connections of the engine, and with its keys.
    pub fn new(engine: Engine) -> Self {
        Self { engine }
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    fn pool(&self) -> &Pool {
        self.engine.database().pool()
    }

    /// A handle for one change of very many rows.
    fn for_bulk(&self) -> Self {
        Self::new(self.engine.for_bulk())
    }

    /// A handle for what may take minutes.
    fn for_maintenance(&self) -> Self {
        Self::new(self.engine.for_maintenance())
    }
}

/// Namespaces and names, as two arrays.
fn columns<'n>(names: impl IntoIterator<Item = &'n QualifiedName>) -> (Vec<&'n str>, Vec<&'n str>) {
    let names = names.into_iter();
    names
        .map(|it| (it.namespace.as_str(), it.name.as_str()))
        .unzip()
}
