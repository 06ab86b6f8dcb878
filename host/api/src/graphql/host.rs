//! What the schema asks of the host, for one caller.

use super::caller::Caller;
use super::{edges, feed};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use serde_json::Value as Json;
use tasker_graphql::host::{Call, Found, Host, Reply};
use tasker_graphql::problem::Problem;

impl Host for Caller {
    fn execute(&self, call: Call) -> BoxFuture<'_, Result<Reply, Problem>> {
        self.answer(call).boxed()
    }

    fn load(&self, edge: &'static str, keys: Vec<Json>) -> BoxFuture<'_, Vec<Found>> {
        async move { edges::load(self, edge, &keys).await }.boxed()
    }

    fn follow(&self, query: String) -> BoxFuture<'_, Result<BoxStream<'static, Found>, Problem>> {
        async move { feed::follow(self, &query).await }.boxed()
    }
}
