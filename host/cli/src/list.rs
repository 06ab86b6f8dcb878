//! Lists: of a namespace or all, and those of which a command shows a part.

use super::in_order::InOrder;
use super::{Answer, Ask as _, Context, Result, client};
use serde::de::DeserializeOwned;
use tasker_domain::name::Name;
use tasker_wire::Page;
use tasker_wire::endpoint::Endpoint;
use tasker_wire::page::{Count, NamespacePageQuery, Paged, Total};

/// Whose items are listed, and in which order.
#[derive(Debug, clap::Args)]
pub struct InNamespace {
    /// Only those of this namespace, or of several with commas between them.
    #[arg(value_name = "NAMESPACE", value_delimiter = ',')]
    pub namespaces: Vec<Name>,
    #[command(flatten)]
    pub order: InOrder,
}

impl InNamespace {
    pub fn query(&self) -> NamespacePageQuery {
        NamespacePageQuery {
            namespaces: self.namespaces.clone(),
            ..NamespacePageQuery::default()
        }
    }
}

/// How many items there are, in a line: `37 in all`.
pub fn in_all(total: Total) -> String {
    let about = if total.is_exact { "" } else { "about " };
    format!("{about}{} in all\n", total.count)
}

/// Which part of a list is shown.
#[derive(Debug, clap::Args)]
pub struct Part {
    /// How many to list.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// Continue after this cursor, the end of another page.
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// List every page.
    #[arg(long, conflicts_with_all = ["limit", "after"])]
    all: bool,
    #[command(flatten)]
    order: InOrder,
}

impl Part {
    /// Reads it.
    pub async fn read<E, T>(
        &self,
        context: &Context,
        endpoint: E,
        mut query: E::Query,
    ) -> Result<Answer<Page<T>>>
    where
        E: Endpoint<Answer = Page<T>, Query: Paged> + Clone,
        T: DeserializeOwned,
    {
        let direction = self.order.of::<E>()?;
        if self.all {
            return client::pages(&context.client, direction, endpoint, query).await;
        }
        self.narrow(&mut query);
        let call = client::directed(context.call(endpoint), direction);
        call.query(&query).ask().await
    }

    /// Reads it, with the number of items on all pages.
    pub async fn counted<E, T>(
        &self,
        context: &Context,
        endpoint: E,
        mut query: E::Query,
    ) -> Result<Answer<Page<T>>>
    where
        E: Endpoint<Answer = Page<T>, Query: Paged>,
        T: DeserializeOwned,
    {
        self.narrow(&mut query);
        let direction = self.order.of::<E>()?;
        let call = context.call(endpoint).count(Count::Exact);
        let call = client::directed(call, direction);
        call.query(&query).ask().await
    }

    fn narrow(&self, query: &mut impl Paged) {
        *query.limit() = Some(self.limit);
        query.after().clone_from(&self.after);
    }

    /// The options of the part behind this one.
    pub fn next(&self, cursor: &str) -> String {
        let order = self.order.option();
        format!("{order} --limit {} --after {cursor}", self.limit)
    }
}
