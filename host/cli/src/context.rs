//! What a command works with, and what commands have in common: they ask the host, list what it has, change
//! it or remove it, and show what came of that.

use super::client::{self, Answer, Ask as _};
use super::in_order::InOrder;
use super::output::Output;
use super::reply::Reply;
use super::table::Table;
use super::{Client, Result};
use serde::de::DeserializeOwned;
use serde_json::json;
use tasker_client::Call;
use tasker_wire::Page;
use tasker_wire::endpoint::{Endpoint, NoContent};
use tasker_wire::page::Paged;

/// The host, and the way to tell the user.
pub struct Context {
    pub client: Client,
    pub output: Output,
}

impl Context {
    /// A request of this endpoint.
    pub fn call<E: Endpoint>(&self, endpoint: E) -> Call<'_, E> {
        self.client.call(endpoint)
    }

    /// Asks for what needs neither query nor body.
    pub async fn ask<E>(&self, endpoint: E) -> Result<Answer<E::Answer>>
    where
        E: Endpoint<Answer: DeserializeOwned>,
    {
        self.call(endpoint).ask().await
    }

    /// All items of an endpoint, however many pages they take.
    pub async fn all<E, T>(&self, endpoint: E, query: E::Query) -> Result<Answer<Page<T>>>
    where
        E: Endpoint<Answer = Page<T>, Query: Paged> + Clone,
        T: DeserializeOwned,
    {
        client::pages(&self.client, None, endpoint, query).await
    }

    /// See [`Output::show`].
    pub fn show<T>(&self, answer: &Answer<T>, text: impl FnOnce(&T) -> String) -> Reply {
        self.output.show(&answer.text, || text(&answer.value))
    }

    /// See [`Output::report`].
    pub fn report<T>(&self, answer: &Answer<T>, text: impl FnOnce(&T) -> String) -> Reply {
        self.output.report(&answer.text, || text(&answer.value))
    }

    /// See [`Output::done`].
    pub fn done<T>(&self, answer: &Answer<T>, sentence: impl FnOnce(&T) -> String) -> Reply {
        self.output.done(&answer.text, || sentence(&answer.value))
    }

    /// Lists all items of an endpoint in an order.
    pub async fn list<E, T, const N: usize>(
        &self,
        order: &InOrder,
        endpoint: E,
        query: E::Query,
        table: Table<'_, T, N>,
    ) -> Result<Listed<T>>
    where
        E: Endpoint<Answer = Page<T>, Query: Paged> + Clone,
        T: DeserializeOwned,
    {
        let direction = order.of::<E>()?;
        let all = client::pages(&self.client, direction, endpoint, query);
        Ok(self.listed(all.await?, table))
    }

    /// A page as a list.
    pub fn listed<T, const N: usize>(
        &self,
        answer: Answer<Page<T>>,
        table: Table<'_, T, N>,
    ) -> Listed<T> {
        let reply = self.show(&answer, |page| match self.output.is_quiet() {
            true => table.names(&page.items),
            false => table.rows(&page.items),
        });
        let page = answer.value;
        Listed { page, reply }
    }

    /// Sends a change, and shows what came of it in a sentence.
    pub async fn change<E>(
        &self,
        call: Call<'_, E>,
        sentence: impl FnOnce(&E::Answer) -> String,
    ) -> Result
    where
        E: Endpoint<Answer: DeserializeOwned>,
    {
        Ok(self.done(&call.ask().await?, sentence))
    }

    /// Removes something, and says so in a sentence.
    pub async fn remove<E>(&self, call: Call<'_, E>, sentence: String) -> Result
    where
        E: Endpoint<Answer = NoContent>,
    {
        call.text().await?;
        Ok(self.output.done(json!({ "removed": true }), || sentence))
    }
}

/// A list that is shown, and what is on it.
pub struct Listed<T> {
    page: Page<T>,
    reply: Reply,
}

impl<T> Listed<T> {
    /// Names the command that makes the first item, where there is none.
    pub fn first(self, command: &str) -> Reply {
        let is_empty = self.page.items.is_empty();
        self.reply.next(is_empty.then_some(command))
    }

    /// Names commands to go on with.
    pub fn next(self, commands: impl FnOnce(&Page<T>) -> Vec<String>) -> Reply {
        self.reply.next_of(|| commands(&self.page))
    }
}
