//! The API for one caller, whose requests are executed within the host.

use super::Asker;
use crate::Api;
use crate::auth::within::Charged;
use crate::auth_error::AuthError;
use crate::conditional::Untagged;
use crate::page::with_cursors;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use std::sync::atomic::{AtomicBool, Ordering};
use tasker_domain::permission::Action;
use tasker_graphql::MAX_ANSWER_BYTES;
use tasker_graphql::host::{Call, Reply};
use tasker_graphql::problem::Problem;
use tasker_wire::headers::MAX_LAG;
use tower_service::Service as _;

pub(super) struct Caller {
    pub api: Api,
    operations: Router,
    pub asker: Asker,
    /// True once a part of the request was executed: the first one costs nothing beside it.
    has_begun: AtomicBool,
}

impl Caller {
    pub fn new(api: Api, operations: Router, asker: Asker) -> Self {
        Self {
            api,
            operations,
            asker,
            has_begun: AtomicBool::new(false),
        }
    }

    /// Refuses what is of a namespace that the caller may not read.
    pub fn check_read(&self, namespace: &str) -> Result<(), AuthError> {
        self.asker.access.require(Action::Read, namespace)
    }

    fn request(&self, call: Call) -> Result<Request, Problem> {
        let mut request = Request::builder()
            .method(call.method.as_str())
            .uri(&call.target);
        if let Some(media_type) = &call.media_type {
            request = request.header(CONTENT_TYPE, media_type);
        }
        if let Some(lag) = self.asker.headers.get(MAX_LAG) {
            request = request.header(MAX_LAG, lag);
        }
        let named = |request, (name, value): &(String, String)| {
            axum::http::request::Builder::header(request, name, value)
        };
        let request = call.headers.iter().fold(request, named);
        let request = request.body(Body::from(call.body));
        let mut request =
            request.map_err(|error| Problem::new(400, "invalid_parameter", &error.to_string()))?;
        let extensions = request.extensions_mut();
        extensions.insert(self.asker.access.clone());
        if !self.has_begun.swap(true, Ordering::Relaxed) {
            extensions.insert(Charged);
        }
        extensions.insert(self.asker.correlation.clone());
        extensions.insert(Untagged);
        if let Some(caller) = &self.asker.caller {
            extensions.insert(caller.clone());
        }
        Ok(request)
    }

    /// Executes a request of the API.
    pub async fn answer(&self, call: Call) -> Result<Reply, Problem> {
        let request = self.request(call)?;
        let mut operations = self.operations.clone();
        let (response, cursors) = with_cursors(operations.call(request)).await;
        let response = response.unwrap_or_else(|never| match never {});
        let is_success = response.status().is_success();
        let body = to_bytes(response.into_body(), MAX_ANSWER_BYTES).await;
        let body = body.map_err(|_| tasker_graphql::too_large())?;
        match is_success {
            true => Ok(Reply { body, cursors }),
            false => Err(Problem::parse(&body)),
        }
    }
}
