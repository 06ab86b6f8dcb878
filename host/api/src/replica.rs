//! Requests that a read replica may answer.
//!
//! Only a success is answered from there. Whatever else comes of it, such as a task that the replica does not
//! have yet, or a replica that went away, the primary is asked, and what it says is the answer.

use super::Api;
use super::error::ApiError;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::response::Response;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use tasker_wire::headers::{MAX_LAG, REPLICA_LAG};

const REPLICA_LAG_HEADER: HeaderName = HeaderName::from_static(REPLICA_LAG);

/// A handler of any endpoint. axum's services are compiled once for this type, and not for each endpoint.
pub(crate) type Erased =
    Arc<dyn Fn(Api, Request) -> BoxFuture<'static, Result<Response, ApiError>> + Send + Sync>;

/// The same API over the replica, where there is one.
#[derive(Clone)]
pub(crate) struct OnReplica(Option<Arc<Api>>);

impl OnReplica {
    pub fn new(api: Option<Api>) -> Self {
        Self(api.map(Arc::new))
    }

    /// Without a replica.
    pub fn none() -> Self {
        Self(None)
    }
}

/// Answers from the replica if it has the answer, and from the primary otherwise. `may_lag` is about the
/// query of the request.
pub(crate) async fn answer(
    api: Api,
    request: Request,
    handler: &Erased,
    may_lag: fn(&Uri) -> bool,
) -> Result<Response, ApiError> {
    let max_lag = max_lag(request.headers())?;
    let Some(replica) = api.on_replica.0.clone() else {
        return handler(api, request).await;
    };
    if max_lag.is_zero() || !may_lag(request.uri()) {
        return handler(api, request).await;
    }
    let database = api.engine.database();
    if let Some(lag) = database.replica_lag(max_lag).await {
        let (parts, body) = request.into_parts();
        let first = Request::from_parts(parts.clone(), Body::empty());
        match handler((*replica).clone(), first).await {
            Ok(response) => return Ok(with_lag(response, lag)),
            Err(error) if error.is_fault() => database.doubt_replica(&error),
            Err(_) => {}
        }
        return handler(api, Request::from_parts(parts, body)).await;
    }
    handler(api, request).await
}

/// How far the answer may be behind, as the caller has it.
fn max_lag(headers: &HeaderMap) -> Result<Duration, ApiError> {
    let Some(value) = headers.get(MAX_LAG) else {
        return Ok(Duration::MAX);
    };
    let ms = value.to_str().ok().and_then(|text| text.parse().ok());
    let wrong = || ApiError::parameter(MAX_LAG, "give whole milliseconds, such as 500".to_owned());
    ms.map(Duration::from_millis).ok_or_else(wrong)
}

fn with_lag(mut response: Response, lag: Duration) -> Response {
    let lag = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
    let value = HeaderValue::from(lag);
    response.headers_mut().insert(REPLICA_LAG_HEADER, value);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_that_is_no_number_is_refused() {
        let parsed = |text: &'static str| {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static(MAX_LAG),
                HeaderValue::from_static(text),
            )]);
            max_lag(&headers).ok()
        };
        assert_eq!(parsed("0"), Some(Duration::ZERO));
        assert_eq!(parsed("250"), Some(Duration::from_millis(250)));
        assert_eq!(parsed("1s"), None);
        assert_eq!(parsed("-1"), None);
    }
}
