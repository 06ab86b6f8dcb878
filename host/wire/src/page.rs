//! Lists are answered in pages: `limit` and `after` in, `items` and `next` out.

use serde::{Deserialize, Serialize};

/// Items of a page where the request names no `limit`.
pub const DEFAULT_PAGE_ITEMS: u32 = 50;
/// The largest `limit`.
pub const MAX_PAGE_ITEMS: u32 = 500;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give it as `after` for the next page; none on the last one.
    pub next: Option<String>,
}
