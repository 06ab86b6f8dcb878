//! What the commands of a resource have in common: they list it, change it or remove it, and show that.

use super::client::{self, Ask as _};
use super::output::Column;
use super::{CliError, Context};
use serde::de::DeserializeOwned;
use serde_json::json;
use tasker_client::Call;
use tasker_wire::Page;
use tasker_wire::endpoint::{Endpoint, NoContent};
use tasker_wire::page::Paged;

impl Context {
    /// Lists all items of an endpoint, called by their first column. Where there are none, `nothing` says
    /// so, and the command that makes one is named.
    pub async fn list<E, T, const N: usize>(
        &self,
        endpoint: E,
        query: E::Query,
        columns: [Column<'_, T>; N],
        (nothing, first): (&str, &str),
    ) -> Result<Vec<T>, CliError>
    where
        E: Endpoint<Answer = Page<T>, Query: Paged> + Clone,
        T: DeserializeOwned,
    {
        let page = client::pages(&self.client, endpoint, query).await?;
        let items = page.value.items;
        self.output
            .show(&page.text, || self.output.list_of(&items, columns, nothing))?;
        let first = Some(first).filter(|it| items.is_empty() && !it.is_empty());
        self.output.next(first);
        Ok(items)
    }

    /// Sends a change, and shows what came of it in a sentence.
    pub async fn change<E>(
        &self,
        call: Call<'_, E>,
        sentence: impl FnOnce(&E::Answer) -> String,
    ) -> Result<E::Answer, CliError>
    where
        E: Endpoint<Answer: DeserializeOwned>,
    {
        let answer = call.ask().await?;
        self.output.done(&answer.text, || sentence(&answer.value))?;
        Ok(answer.value)
    }

    /// Removes something, and says so in a sentence.
    pub async fn remove<E>(&self, call: Call<'_, E>, sentence: &str) -> Result<(), CliError>
    where
        E: Endpoint<Answer = NoContent>,
    {
        call.text().await?;
        let answer = json!({ "removed": true }).to_string();
        self.output.done(&answer, || sentence.to_owned())
    }
}
