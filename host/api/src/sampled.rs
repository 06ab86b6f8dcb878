//! The metrics of the API.

use super::request_counts::RequestCounts;
use tasker_engine::claim_health::ClaimHealth;
use tasker_events::Feed;
use tasker_telemetry::catalog::{DRAINING, STREAMS};
use tasker_telemetry::{Sampler, Samples};
use tokio_util::sync::CancellationToken;

/// The parts of the API that have metrics.
pub(crate) struct SampledApi {
    pub(crate) counts: RequestCounts,
    pub(crate) feed: Feed,
    pub(crate) claiming: Option<ClaimHealth>,
    pub(crate) shutdown: CancellationToken,
}

impl Sampler for SampledApi {
    fn sample(&self, samples: &mut Samples) {
        self.counts.metrics().sample(samples);
        let streams = self.feed.status().map_or(0, |status| status.followers);
        samples.number(&STREAMS, &[], streams as f64);
        let claiming = self.claiming.as_ref();
        let is_asked = claiming.is_some_and(|claiming| claiming.drain().is_asked());
        let is_draining = is_asked || self.shutdown.is_cancelled();
        samples.number(&DRAINING, &[], f64::from(u8::from(is_draining)));
    }
}
