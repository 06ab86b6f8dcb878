//! What is done with each request and its answer, whichever endpoint it is for.

use super::Api;
use super::conditional::Conditional;
use super::deprecation;
use super::error::ApiError;
use super::orders::{self, ORDER};
use super::own_parameters;
use super::replica::{self, Erased};
use super::sparse::{AnswerMembers, FIELDS, Selection};
use super::totals::{self, COUNT};
use axum::extract::Request;
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use std::sync::LazyLock;
use tasker_domain::order::Order;
use tasker_wire::deprecation::Deprecation;
use tasker_wire::endpoint::Endpoint;

/// How the requests of an endpoint are answered, whichever it is.
pub(crate) struct Answering {
    path: &'static str,
    handler: Erased,
    may_lag: fn(&Uri) -> bool,
    /// None where an answer is never sparse; found out at the first request.
    members: LazyLock<Option<AnswerMembers>>,
    counts: bool,
    order: Option<Order>,
    deprecation: Option<Deprecation>,
}

impl Answering {
    /// By this handler, on a replica where the query may lag.
    pub fn new<E: Endpoint>(handler: Erased, may_lag: fn(&Uri) -> bool) -> Self {
        Self {
            path: E::PATH,
            handler,
            may_lag,
            members: LazyLock::new(AnswerMembers::of::<E>),
            counts: E::COUNTS,
            order: E::ORDER,
            deprecation: E::DEPRECATION,
        }
    }

    /// With variable segments in braces.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Answers a request, with what is the same at all endpoints: sparse answers, totals, orders, entity tags, and what is to go.
    pub async fn respond(&self, api: Api, request: Request) -> Response {
        let Some(deprecation) = &self.deprecation else {
            return self.answer(api, request).await.into_response();
        };
        let path = request.uri().path().to_owned();
        let mut response = self.answer(api, request).await.into_response();
        deprecation::note(deprecation, self.path, &path, &mut response);
        response
    }

    async fn answer(&self, api: Api, mut request: Request) -> Result<Response, ApiError> {
        own_parameters::join_lists(request.uri_mut())?;
        let conditional = Conditional::of(&request, self.path);
        let selection = match own_parameters::may_have(request.uri(), FIELDS) {
            true => self.selection(&mut request)?,
            false => None,
        };
        if self.counts && own_parameters::may_have(request.uri(), COUNT) {
            totals::take(&mut request)?;
        }
        if let Some(order) = self.order
            && own_parameters::may_have(request.uri(), ORDER)
        {
            orders::take(&mut request, order)?;
        }
        let mut response = replica::answer(api, request, &self.handler, self.may_lag).await?;
        if let Some(selection) = selection {
            response = selection.of_answer(response).await?;
        }
        conditional.answer(response).await
    }

    fn selection(&self, request: &mut Request) -> Result<Option<Selection>, ApiError> {
        match &*self.members {
            Some(members) => Selection::take(request, members),
            None => Ok(None),
        }
    }
}
