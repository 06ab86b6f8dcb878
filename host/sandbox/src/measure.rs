//! How long a call takes.

use super::{HostServices, Prepared, Sandbox};
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;
use tasker_domain::invocation::Invocation;

/// Time of one call, in microseconds: a new instance, the call, its end and the removal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CallTimes {
    pub p50_us: f64,
    pub p99_us: f64,
}

impl Sandbox {
    /// Runs the invocation `calls` times (at least once), one after the other, through
    /// [`execute`](Self::execute), and returns how long that took.
    pub async fn measure_call(
        &self,
        prepared: &Prepared,
        invocation: Arc<Invocation>,
        calls: usize,
    ) -> CallTimes {
        let mut times_us = Vec::with_capacity(calls.max(1));
        for _ in 0..calls.max(1) {
            let started = Instant::now();
            self.execute(prepared, invocation.clone(), HostServices::default())
                .await;
            times_us.push(started.elapsed().as_secs_f64() * 1e6);
        }
        times_us.sort_by(f64::total_cmp);
        let at = |part: f64| times_us[((times_us.len() - 1) as f64 * part) as usize];
        CallTimes {
            p50_us: at(0.5),
            p99_us: at(0.99),
        }
    }
}
