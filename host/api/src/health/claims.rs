//! Whether this host claims steps.

use crate::Api;
use tasker_engine::claim_health::FailingClaims;

/// True if operators want the host to claim nothing.
pub(super) fn is_draining(api: &Api) -> bool {
    let claiming = api.claiming.as_ref();
    claiming.is_some_and(|claiming| claiming.drain().is_asked())
}

/// How the claims of the host's worker fail, in a sentence, where they do for a while.
pub(super) fn failing(api: &Api) -> Option<String> {
    let failing = api.claiming.as_ref()?.failing();
    let failing = failing.filter(FailingClaims::is_grave)?;
    Some(format!(
        "the host has claimed no step for {} s: {}",
        failing.since.elapsed().as_secs(),
        failing.reason
    ))
}
