//! What the schema asks of the host: operations of the API, sets of objects by their keys, and events.

use crate::problem::Problem;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use serde_json::Value as Json;

/// A request of the API, as it crosses HTTP.
#[derive(Clone, Debug, Default)]
pub struct Call {
    pub method: String,
    /// Path and query, encoded.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub media_type: Option<String>,
    pub body: Bytes,
}

/// A success.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub body: Bytes,
    /// Of a page: the cursor behind each of its items.
    pub cursors: Vec<String>,
}

/// What belongs to one key.
pub type Found = Result<Json, Problem>;

/// The host, as one caller may use it.
pub trait Host: Send + Sync + 'static {
    /// Executes an operation of the API with the caller's permissions.
    fn execute(&self, call: Call) -> BoxFuture<'_, Result<Reply, Problem>>;

    /// What an edge leads to, for each of these keys in their order, in as many statements as for one of them. Each is
    /// checked against the caller's permissions. Null: there is no such thing.
    fn load(&self, edge: &'static str, keys: Vec<Json>) -> BoxFuture<'_, Vec<Found>>;

    /// Events as they happen, from a position or time on. `query` has the parameters of the stream of the API.
    fn follow(&self, query: String) -> BoxFuture<'_, Result<BoxStream<'static, Found>, Problem>>;
}
