//! Requests that another request of the same caller is made of, such as the fields of a query of GraphQL: who asks is
//! known, and what they may do is checked for each.

use super::super::Api;
use super::super::access::Access;
use super::super::caller_id::CallerId;
use super::super::callers::{UnderWay, Weight};
use super::super::error::ApiError;
use super::super::held::hold;
use super::AUTHENTICATED;
use super::permit::permit;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::Ipv4Addr;

/// In a request: it was taken from the caller's rate together with the one that it is a part of.
#[derive(Clone, Copy)]
pub(crate) struct Charged;

/// Refuses what the caller may not do.
pub(crate) async fn authorize_within(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Response {
    match admit(&api, &mut request).await {
        Ok(under_way) => hold(next.run(request).await, under_way),
        Err(refusal) => refusal.into_response(),
    }
}

async fn admit(api: &Api, request: &mut Request) -> Result<UnderWay, ApiError> {
    let path = request.extensions().get::<MatchedPath>();
    let needs = path.map_or(AUTHENTICATED, |path| {
        api.needs.of(request.method(), path.as_str())
    });
    let access = request.extensions().get::<Access>().cloned();
    let access = access.unwrap_or_else(Access::of_nobody);
    let caller = request.extensions().get::<CallerId>().cloned();
    let caller = caller.unwrap_or_else(|| CallerId::at(Ipv4Addr::LOCALHOST.into()));
    if request.extensions().get::<Charged>().is_none() {
        api.callers.charge(&caller, access.rate())?;
    }
    let under_way = api
        .callers
        .begin_within(&caller, Weight::of(request))
        .await?;
    permit(api, &access, needs, request).await?;
    Ok(under_way)
}
