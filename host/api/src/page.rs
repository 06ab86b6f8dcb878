//! Pages of lists, from what requests ask for and from rows.

use super::error::ApiError;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
pub use tasker_wire::Page;
use tasker_wire::page::{DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS};

tokio::task_local! {
    /// The cursors behind the items of the page that is answered, for those who need more than the last one.
    static CURSORS: Mutex<Vec<String>>;
}

/// What a handler answers, with the cursors behind the items of its page.
pub(crate) async fn with_cursors<T>(answer: impl Future<Output = T>) -> (T, Vec<String>) {
    let noted = async {
        let answer = answer.await;
        let cursors = CURSORS.with(|cursors| {
            std::mem::take(&mut *cursors.lock().unwrap_or_else(PoisonError::into_inner))
        });
        (answer, cursors)
    };
    CURSORS.scope(Mutex::default(), noted).await
}

/// How many items a request asks for.
#[derive(Clone, Copy, Debug)]
pub struct PageLimit(usize);

impl PageLimit {
    /// From the query's `limit`, which is refused outside 1 to [`MAX_PAGE_ITEMS`].
    pub fn parse(limit: Option<u32>) -> Result<Self, ApiError> {
        match limit.unwrap_or(DEFAULT_PAGE_ITEMS) {
            limit @ 1..=MAX_PAGE_ITEMS => Ok(Self(limit as usize)),
            limit => Err(ApiError::parameter(
                "limit",
                format!("{limit} is out of range; use 1 to {MAX_PAGE_ITEMS} items"),
            )),
        }
    }

    /// The most items of the page.
    pub fn items(self) -> usize {
        self.0
    }

    /// One row more than the page has, to find out whether there is a next page.
    pub fn rows(self) -> i64 {
        self.0 as i64 + 1
    }

    /// The page of these rows, which were read with [`PageLimit::rows`] as their limit.
    pub fn page<R, T>(
        self,
        mut rows: Vec<R>,
        cursor: impl Fn(&R) -> String,
        item: impl Fn(R) -> T,
    ) -> Page<T> {
        let has_more = rows.len() > self.0;
        rows.truncate(self.0);
        let next = rows.last().filter(|_| has_more).map(&cursor);
        let _ = CURSORS.try_with(|cursors| {
            *cursors.lock().unwrap_or_else(PoisonError::into_inner) =
                rows.iter().map(cursor).collect();
        });
        Page {
            items: rows.into_iter().map(item).collect(),
            next,
            total: None,
        }
    }
}

/// The cursor that a request names.
pub fn cursor<C: FromStr>(after: Option<&str>) -> Result<Option<C>, ApiError> {
    let cursor = |after: &str| after.parse().map_err(|_| wrong_cursor(after));
    after.map(cursor).transpose()
}

/// The refusal of an `after` that no list gave.
pub fn wrong_cursor(after: &str) -> ApiError {
    let message = format!("`{}` is not a cursor of this list", after.escape_debug());
    ApiError::parameter("after", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(rows: Vec<u32>) -> Page<u32> {
        let limit = PageLimit::parse(Some(2)).expect("2 is in range");
        limit.page(rows, u32::to_string, |row| row)
    }

    #[test]
    fn a_page_with_rows_beyond_it_names_its_last_item_as_the_cursor() {
        let page = numbers(vec![7, 8, 9]);
        assert_eq!((page.items, page.next), (vec![7, 8], Some("8".to_owned())));
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        assert_eq!(numbers(vec![7, 8]).next, None);
        assert_eq!(numbers(vec![]).next, None);
    }

    #[test]
    fn a_limit_out_of_range_is_refused() {
        assert!(PageLimit::parse(Some(0)).is_err());
        assert!(PageLimit::parse(Some(MAX_PAGE_ITEMS + 1)).is_err());
        assert!(PageLimit::parse(None).is_ok());
    }
}
