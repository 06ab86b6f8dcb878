//! The protocol `graphql-transport-ws`, without the socket: what is said to each message of the client, and what its
//! subscriptions have.

use crate::problem::Problem;
use crate::request::GraphqlRequest;
use crate::schema::{Asking, Graphql, Pushed};
use futures::StreamExt as _;
use futures::future::poll_fn;
use futures::stream::BoxStream;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::task::Poll;

/// The name of the protocol, which the client has to ask for.
pub const PROTOCOL: &str = "graphql-transport-ws";
/// Subscriptions of one connection at the same time.
pub const MAX_SUBSCRIPTIONS: usize = 32;
/// The longest message of a client, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 256 << 10;

/// Why a connection is closed: the code, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close(pub u16, pub &'static str);

/// The client did not begin in time.
pub const NOT_BEGUN: Close = Close(4408, "Connection initialisation timeout");
/// The caller may do less than when the connection began.
pub const ACCESS_CHANGED: Close = Close(4403, "Forbidden");
/// The host ends.
pub const GOING_AWAY: Close = Close(1001, "Going away");

const INVALID: Close = Close(4400, "Invalid message");
const UNAUTHORIZED: Close = Close(4401, "Unauthorized");
const TAKEN: Close = Close(4409, "Subscriber already exists");
const BEGUN_TWICE: Close = Close(4429, "Too many initialisation requests");

/// One connection.
pub struct Connection {
    graphql: Graphql,
    asking: Box<dyn Fn() -> Asking + Send + Sync>,
    is_begun: bool,
    subscriptions: BTreeMap<String, BoxStream<'static, Pushed>>,
}

impl Connection {
    /// `asking` says who asks, for each subscription.
    pub fn new(graphql: Graphql, asking: impl Fn() -> Asking + Send + Sync + 'static) -> Self {
        Self {
            graphql,
            asking: Box::new(asking),
            is_begun: false,
            subscriptions: BTreeMap::new(),
        }
    }

    /// True once the client has begun.
    pub fn is_begun(&self) -> bool {
        self.is_begun
    }

    /// What is said to a message.
    pub fn receive(&mut self, text: &str) -> Result<Option<String>, Close> {
        let message: Json = serde_json::from_str(text).map_err(|_| INVALID)?;
        let id = message["id"].as_str();
        match (message["type"].as_str(), id) {
            (Some("connection_init"), _) if self.is_begun => Err(BEGUN_TWICE),
            (Some("connection_init"), _) => {
                self.is_begun = true;
                Ok(Some(json!({"type": "connection_ack"}).to_string()))
            }
            (Some("ping"), _) => Ok(Some(json!({"type": "pong"}).to_string())),
            (Some("pong"), _) => Ok(None),
            (Some("subscribe"), Some(_)) if !self.is_begun => Err(UNAUTHORIZED),
            (Some("subscribe"), Some(id)) => self.subscribe(id, &message["payload"]),
            (Some("complete"), Some(id)) => {
                self.subscriptions.remove(id);
                Ok(None)
            }
            _ => Err(INVALID),
        }
    }

    fn subscribe(&mut self, id: &str, payload: &Json) -> Result<Option<String>, Close> {
        if self.subscriptions.contains_key(id) {
            return Err(TAKEN);
        }
        let refused = |problem: &Problem| Ok(Some(error(id, &problem.errors())));
        if self.subscriptions.len() >= MAX_SUBSCRIPTIONS {
            let detail = format!(
                "the connection has {MAX_SUBSCRIPTIONS} subscriptions, the most that it may"
            );
            return refused(&Problem::new(429, "too_many_subscriptions", &detail));
        }
        let request = match GraphqlRequest::parse(payload.clone()) {
            Ok(request) => request,
            Err(problem) => return refused(&problem),
        };
        let pushed = self.graphql.subscribe(&request, (self.asking)());
        self.subscriptions.insert(id.to_owned(), pushed);
        Ok(None)
    }

    /// The next message for the client. It waits as long as there is none.
    pub async fn next(&mut self) -> String {
        let (id, pushed) = poll_fn(|context| {
            for (id, pushed) in &mut self.subscriptions {
                if let Poll::Ready(pushed) = pushed.poll_next_unpin(context) {
                    return Poll::Ready((id.clone(), pushed));
                }
            }
            Poll::Pending
        })
        .await;
        match pushed {
            Some(Pushed::Answer(answer)) => next(&id, &answer),
            Some(Pushed::Errors(errors)) => {
                self.subscriptions.remove(&id);
                error(&id, &errors)
            }
            None => {
                self.subscriptions.remove(&id);
                json!({"id": id, "type": "complete"}).to_string()
            }
        }
    }
}

fn next(id: &str, answer: &[u8]) -> String {
    message(id, "next", answer)
}

fn error(id: &str, errors: &[u8]) -> String {
    message(id, "error", errors)
}

/// A message whose payload is JSON already.
fn message(id: &str, kind: &str, payload: &[u8]) -> String {
    let (id, payload) = (Json::from(id), String::from_utf8_lossy(payload));
    format!(r#"{{"id":{id},"type":"{kind}","payload":{payload}}}"#)
}
