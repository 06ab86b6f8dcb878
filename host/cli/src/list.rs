//! Lists that come page by page.

use super::CliError;
use super::client::{Answer, Client};
use super::view::{Family, Page};
use serde::Deserialize;
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

/// All versions of a component or template, however many pages they take; the text is one answer with all
/// of them.
pub async fn versions<V: DeserializeOwned>(
    client: &Client,
    path: &[&str],
) -> Result<Answer<Family<V>>, CliError> {
    let mut versions: Vec<Box<RawValue>> = Vec::new();
    let mut after = None;
    loop {
        let query = filters([("after", after)]);
        let answer = client.query::<IgnoredAny>(path, &query).await?;
        let page: VersionsPage = client.exactly(&answer.text)?;
        if page.next.is_none() && versions.is_empty() {
            return client.understand(answer.text);
        }
        versions.extend(page.versions);
        after = page.next;
        if after.is_none() {
            let (namespace, name) = (page.namespace, page.name);
            let latest = page.latest.as_ref().map_or("null", |latest| latest.get());
            let versions: Vec<_> = versions.iter().map(|version| version.get()).collect();
            return client.understand(format!(
                r#"{{"namespace":{namespace},"name":{name},"latest":{latest},"versions":[{}],"next":null}}"#,
                versions.join(",")
            ));
        }
    }
}

/// A page of versions, as text.
#[derive(Deserialize)]
struct VersionsPage {
    namespace: Box<RawValue>,
    name: Box<RawValue>,
    #[serde(default)]
    latest: Option<Box<RawValue>>,
    versions: Vec<Box<RawValue>>,
    #[serde(default)]
    next: Option<String>,
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
