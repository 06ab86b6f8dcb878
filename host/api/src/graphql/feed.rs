//! Events for subscriptions.

use super::caller::Caller;
use super::edges::problem;
use crate::error::ApiError;
use crate::event_stream::{EventStream, Message};
use crate::rest::events::follow as follow_events;
use axum::extract::Query;
use axum::http::Uri;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::json;
use tasker_domain::permission::Action;
use tasker_events::cloud_event::rendered;
use tasker_graphql::host::Found;
use tasker_graphql::problem::Problem;
use tasker_wire::event::{EventQuery, StreamEnd};

/// Events as they happen, as the stream of the API has them.
pub(super) async fn follow(
    caller: &Caller,
    query: &str,
) -> Result<BoxStream<'static, Found>, Problem> {
    match begin(caller, query).await {
        Ok(stream) => Ok(stream::unfold(Some(stream), next).boxed()),
        Err(error) => Err(problem(error).await),
    }
}

async fn begin(caller: &Caller, query: &str) -> Result<EventStream, ApiError> {
    let access = &caller.asker.access;
    if !access.permissions().allow_somewhere(Action::Read) {
        return Err(access.forbidden(Action::Read, "any namespace").into());
    }
    let wrong = |message: String| ApiError::parameter("query", message);
    let uri: Uri = format!("/?{query}")
        .parse()
        .map_err(|error| wrong(format!("{error}")))?;
    let query = Query::<EventQuery>::try_from_uri(&uri);
    let Query(query) = query.map_err(|refused| wrong(refused.body_text()))?;
    let credentials = caller.asker.credentials.clone();
    follow_events(&caller.api, access.clone(), credentials, &query, None).await
}

/// The next event; behind the last one why there is none.
async fn next(stream: Option<EventStream>) -> Option<(Found, Option<EventStream>)> {
    let mut stream = stream?;
    loop {
        match stream.next().await {
            Message::Event(event) => {
                let event = serde_json::from_slice(&rendered(&event)).unwrap_or_default();
                return Some((Ok(event), Some(stream)));
            }
            Message::Heartbeat(_) => {}
            Message::End(end) => return Some((Err(over(&end)), None)),
        }
    }
}

fn over(end: &StreamEnd) -> Problem {
    let detail = format!("the stream has ended: {}; go on behind `next`", end.reason);
    let problem = Problem::new(503, &end.reason, &detail);
    problem.with("next", json!(end.next))
}
