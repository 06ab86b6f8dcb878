//! A network that is closed.

use super::http::{SentRequest, failed, read};
use futures::future::BoxFuture;
use std::sync::Mutex;
use tasker_sandbox::{HttpFailure, HttpFault, HttpTimeouts, HttpTransport};

/// Refuses every request, and keeps what it was.
#[derive(Default)]
pub struct ClosedHttp {
    refused: Mutex<Vec<SentRequest>>,
}

impl ClosedHttp {
    /// The requests so far, in their order.
    pub fn refused(&self) -> Vec<SentRequest> {
        let refused = self.refused.lock();
        refused.expect("nobody panics with the requests").clone()
    }
}

impl HttpTransport for ClosedHttp {
    fn send(
        &self,
        request: reqwest::Request,
        _timeouts: HttpTimeouts,
    ) -> BoxFuture<'_, Result<reqwest::Response, HttpFailure>> {
        Box::pin(async move {
            let request = read(request).await?;
            let mut refused = self
                .refused
                .lock()
                .expect("nobody panics with the requests");
            refused.push(request);
            failed("the network is closed to this call", HttpFault::Denied)
        })
    }
}
