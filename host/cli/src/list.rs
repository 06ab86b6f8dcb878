//! Lists that come page by page.

use super::CliError;
use super::client::{Answer, Client};
use super::view::Page;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

/// The largest page that the API gives.
const PAGE_ITEMS: usize = 500;

/// All pages of a list as one; the text is one page with all items.
pub async fn all<T: DeserializeOwned>(
    client: &Client,
    path: &[&str],
    query: &[(&str, String)],
) -> Result<Answer<Page<T>>, CliError> {
    let mut items: Vec<Box<RawValue>> = Vec::new();
    let mut after = None;
    loop {
        let query = page_query(query, after);
        let answer = client.query::<IgnoredAny>(path, &query).await?;
        let page: Page<Box<RawValue>> = client.exactly(&answer.text)?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return joined(client, &items);
        }
    }
}

/// The filters that were given, as a query.
pub fn filters<const N: usize>(given: [(&str, Option<String>); N]) -> Vec<(&str, String)> {
    given
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn page_query<'a>(query: &[(&'a str, String)], after: Option<String>) -> Vec<(&'a str, String)> {
    let paging = filters([("limit", Some(PAGE_ITEMS.to_string())), ("after", after)]);
    query.iter().cloned().chain(paging).collect()
}

fn joined<T: DeserializeOwned>(
    client: &Client,
    items: &[Box<RawValue>],
) -> Result<Answer<Page<T>>, CliError> {
    let items: Vec<_> = items.iter().map(|item| item.get()).collect();
    client.understand(format!(r#"{{"items":[{}],"next":null}}"#, items.join(",")))
}
