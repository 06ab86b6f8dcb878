//! Keys of edges: reading them, and what belongs to each.

use super::problem;
use crate::error::ApiError;
use crate::graphql::caller::Caller;
use crate::page::cursor;
use serde::Serialize;
use serde_json::Value as Json;
use std::str::FromStr;
use tasker_domain::ids::TaskId;
use tasker_domain::permission::Action;
use tasker_graphql::Page;
use tasker_graphql::host::Found;

/// A key as an edge gives it; none of an edge that leads nowhere.
pub(super) type Read<K> = Result<Option<K>, ApiError>;

/// Every key is refused.
pub(super) async fn refuse_all(keys: &[Json], error: impl Into<ApiError>) -> Vec<Found> {
    let problem = problem(error).await;
    keys.iter().map(|_| Err(problem.clone())).collect()
}

/// What belongs to each of these keys. Those that can be read are loaded together, in their order.
pub(super) async fn load_each<K>(
    keys: &[Json],
    read: impl Fn(&Key<'_>) -> Read<K>,
    load: impl AsyncFnOnce(&[K]) -> Result<Vec<Json>, ApiError>,
) -> Vec<Found> {
    let (mut asked, mut places) = (Vec::new(), Vec::new());
    for key in keys {
        places.push(match read(&Key(key)) {
            Ok(None) => Ok(None),
            Ok(Some(key)) => {
                asked.push(key);
                Ok(Some(asked.len() - 1))
            }
            Err(error) => Err(problem(error).await),
        });
    }
    let loaded = match asked.is_empty() {
        true => Ok(Vec::new()),
        false => load(&asked).await,
    };
    let mut loaded = match loaded {
        Ok(loaded) => Ok(loaded),
        Err(error) => Err(problem(error).await),
    };
    let found = places.into_iter().map(|place| match (place?, &mut loaded) {
        (None, _) => Ok(Json::Null),
        (Some(_), Err(problem)) => Err(problem.clone()),
        (Some(place), Ok(loaded)) => Ok(loaded.get_mut(place).map(Json::take).unwrap_or_default()),
    });
    found.collect()
}

/// The members of a key.
pub(super) struct Key<'k>(pub &'k Json);

impl<'k> Key<'k> {
    /// None where the object does not have it.
    pub fn text(&self, member: &str) -> Option<&'k str> {
        self.0[member].as_str()
    }

    pub fn task(&self) -> Option<TaskId> {
        self.text("id")?.parse().ok()
    }

    /// The namespace, which the caller has to be allowed to read.
    pub fn namespace(&self, caller: &Caller) -> Read<String> {
        let Some(namespace) = self.text("namespace") else {
            return Ok(None);
        };
        caller.asker.access.require(Action::Read, namespace)?;
        Ok(Some(namespace.to_owned()))
    }

    /// Items of a page.
    pub fn items(&self) -> usize {
        let first = self.0["first"].as_u64().unwrap_or_default();
        usize::try_from(first).unwrap_or_default()
    }

    /// One more than the page has, to find out whether there is a next page.
    pub fn rows(&self) -> i32 {
        i32::try_from(self.items() + 1).unwrap_or(i32::MAX)
    }

    pub fn after<C: FromStr>(&self) -> Result<Option<C>, ApiError> {
        cursor(self.text("after"))
    }
}

/// A page of at most `items` items of these rows, which may be one more.
pub(super) fn page<R>(
    mut rows: Vec<R>,
    items: usize,
    cursor: impl Fn(&R) -> String,
    item: impl Fn(R) -> Json,
) -> Json {
    let has_more = rows.len() > items;
    rows.truncate(items);
    let cursors: Vec<String> = rows.iter().map(cursor).collect();
    let next = cursors.last().filter(|_| has_more).cloned();
    let page = Page {
        items: rows.into_iter().map(item).collect(),
        has_next: next.is_some(),
        next: next.into(),
        cursors,
    };
    page.connection(&[])
}

/// What crosses the wire, as JSON.
pub(super) fn value(of: impl Serialize) -> Json {
    serde_json::to_value(of).unwrap_or_default()
}
