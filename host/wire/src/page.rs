//! Lists are answered in pages: `limit` and `after` in, `items` and `next` out.

use crate::comma_list;
pub use crate::comma_list::MAX_FILTER_VALUES;
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;

/// Items of a page where the request names no `limit`.
pub const DEFAULT_PAGE_ITEMS: u32 = 50;
/// The largest `limit`.
pub const MAX_PAGE_ITEMS: u32 = 500;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "{T}Page"))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give it as `after` for the next page; none on the last one.
    pub next: Option<String>,
    /// How many items the whole list has, where the request asks for that by `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Total>,
}

/// How many items a list has, on all pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Total {
    pub count: u64,
    /// False where the number is estimated, or where there are more than are counted.
    pub is_exact: bool,
}

/// How the items of a list are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Count {
    /// A few are counted, more are estimated.
    Estimate,
    /// As far as a request may take.
    Exact,
}

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
    /// The most items, up to [`MAX_PAGE_ITEMS`].
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Which page of a list over namespaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NamespacePageQuery {
    /// Of one of these, with commas between them; without it, all that the caller may see.
    #[serde(
        rename = "namespace",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "comma_list::names"
    )]
    #[cfg_attr(feature = "openapi", schemars(with = "comma_list::NameList"))]
    pub namespaces: Vec<Name>,
    #[serde(default)]
    pub after: Option<String>,
    #[serde(default)]
    pub limit: Option<u32>,
}

impl NamespacePageQuery {
    /// The first page of a namespace, or of all.
    pub fn of(namespace: Option<Name>) -> Self {
        Self {
            namespaces: namespace.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// A query that asks for one page of a list; callers that need all pages advance it.
pub trait Paged {
    fn after(&mut self) -> &mut Option<String>;

    fn limit(&mut self) -> &mut Option<u32>;
}

/// Implements [`Paged`] for queries with the members `after` and `limit`.
macro_rules! paged {
    ($($query:ty),* $(,)?) => {$(
        impl $crate::page::Paged for $query {
            fn after(&mut self) -> &mut Option<String> {
                &mut self.after
            }

            fn limit(&mut self) -> &mut Option<u32> {
                &mut self.limit
            }
        }
    )*};
}

pub(crate) use paged;

paged!(PageQuery, NamespacePageQuery);
