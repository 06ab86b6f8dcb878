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
pub mod recording_rule;
pub mod references;
pub mod retention;
pub mod secret;
pub mod share;
pub mod signature;
pub mod subscription;
pub mod template;
pub mod uses;
pub mod yank;

use sqlx::SqlSafeStr;
pub use tasker_database::listing::RowCount;
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_database::{DatabaseError, Pool};
use tasker_domain::name::Name;
use tasker_domain::order::{Direction, Seek};
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

/// The registry in the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
}

impl Store {
    /// Rows of a list by name: its parameters are the name after which they are, and how many at most.
    async fn rows_after<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        seek: Seek<&str>,
    ) -> Result<Vec<R>, DatabaseError> {
        let query = sqlx::query_as(statement).bind(seek.after).bind(seek.limit);
        Ok(query.fetch_all(self.pool()).await?)
    }

    /// How many rows a list by name has.
    async fn count_rows(&self, list: &Listing) -> Result<RowCount, DatabaseError> {
        let rows = self.rows_after(list.count(), counting());
        Ok(RowCount::of_rows(&rows.await?))
    }

    /// Rows of a list by namespace and name, of these namespaces or of all: its parameters are the namespace, or none for
    /// all, the pair after which they are, and how many at most. Those of one namespace are behind those of another, so
    /// that each is read from its own index.
    async fn rows_in<R: ListRow>(
        &self,
        list: &Listing,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<R>, DatabaseError> {
        let mut rows = Vec::new();
        let (after, _) = seek.after.unzip();
        for namespace in self.in_order(namespaces, seek.direction, after).await? {
            let left = seek.limit - rows.len() as i64;
            if left <= 0 {
                break;
            }
            let part = Seek {
                limit: left,
                ..seek
            };
            let statement = list.rows(seek.direction);
            rows.extend(self.part_in(statement, namespace, part).await?);
        }
        Ok(rows)
    }

    /// How many rows a list by namespace and name has.
    async fn count_in(
        &self,
        list: &Listing,
        namespaces: &[Name],
    ) -> Result<RowCount, DatabaseError> {
        let mut counted = Vec::new();
        for namespace in self
            .in_order(namespaces, Direction::Ascending, None)
            .await?
        {
            let part = self.part_in::<(i64,)>(list.count(), namespace, counting());
            counted.extend(part.await?);
        }
        Ok(RowCount::of_rows(&counted))
    }

    async fn part_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        namespace: Option<String>,
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<R>, DatabaseError> {
        let (after_namespace, after_name) = seek.after.unzip();
        let query = sqlx::query_as(statement)
            .bind(namespace)
            .bind(after_namespace)
            .bind(after_name)
            .bind(seek.limit);
        Ok(query.fetch_all(self.pool()).await?)
    }

    /// The namespaces of a list in the order of the database, from that of the place on behind which it begins; one none
    /// for all.
    async fn in_order(
        &self,
        namespaces: &[Name],
        direction: Direction,
        after: Option<&str>,
    ) -> Result<Vec<Option<String>>, DatabaseError> {
        match namespaces {
            [] => return Ok(vec![None]),
            [one] => return Ok(vec![Some(one.to_string())]),
            [_, _, ..] => {}
        }
        let query = sqlx::query_scalar(
            "select n.name from tasker.namespace n where n.name = any ($1) order by n.name",
        );
        let names = query.bind(texts(namespaces)).fetch_all(self.pool());
        let mut names: Vec<Option<String>> = names.await?;
        if direction == Direction::Descending {
            names.reverse();
        }
        let begin = names.iter().position(|name| name.as_deref() == after);
        Ok(names.split_off(begin.unwrap_or_default()))
    }
}

/// Names as a parameter of a statement; none of an empty list, which stands for all.
fn texts(names: &[Name]) -> Option<Vec<&str>> {
    let texts = names.iter().map(Name::as_str).collect();
    (!names.is_empty()).then_some(texts)
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
