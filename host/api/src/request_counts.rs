//! How many requests were answered, and how: one line of the log now and then instead of one each.

use super::request_metrics::RequestMetrics;
use axum::http::StatusCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the log says how many there were, if there were any.
const SUMMARY_INTERVAL: Duration = Duration::from_secs(60);

/// Requests since the last summary; clones are the same.
#[derive(Clone, Default)]
pub(crate) struct RequestCounts(Arc<Counts>);

#[derive(Default)]
struct Counts {
    metrics: RequestMetrics,
    answered: AtomicU64,
    /// 4xx but for those below.
    refused: AtomicU64,
    /// 401 and 403.
    denied: AtomicU64,
    /// 429: a caller asked for too much at once.
    limited: AtomicU64,
    /// 5xx.
    failed: AtomicU64,
}

impl RequestCounts {
    /// The counts that never begin anew.
    pub(crate) fn metrics(&self) -> &RequestMetrics {
        &self.0.metrics
    }

    pub(crate) fn count(&self, status: StatusCode) {
        let counts = &self.0;
        let one = match status.as_u16() {
            401 | 403 => &counts.denied,
            429 => &counts.limited,
            400..=499 => &counts.refused,
            500..=599 => &counts.failed,
            _ => &counts.answered,
        };
        one.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells the log now and then, until `closing`.
    pub(crate) async fn summarize(self, closing: CancellationToken) {
        let mut ticks = tokio::time::interval(SUMMARY_INTERVAL);
        ticks.tick().await;
        while closing.run_until_cancelled(ticks.tick()).await.is_some() {
            self.tell();
        }
        self.tell();
    }

    fn tell(&self) {
        let counts = &self.0;
        let [answered, refused, denied, limited, failed] = [
            &counts.answered,
            &counts.refused,
            &counts.denied,
            &counts.limited,
            &counts.failed,
        ]
        .map(|count| count.swap(0, Ordering::Relaxed));
        if answered + refused + denied + limited + failed > 0 {
            tracing::info!(
                answered,
                refused,
                denied,
                limited,
                failed,
                "requests of the last minute"
            );
        }
    }
}
