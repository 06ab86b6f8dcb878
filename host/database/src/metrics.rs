//! The metrics of connections and calls.

use super::{Database, Pool};
use tasker_telemetry::catalog::{
    CONNECTION_TIMEOUTS, CONNECTION_WAITS, CONNECTIONS, CONNECTIONS_MAX,
};
use tasker_telemetry::{Sampler, Samples};

impl Sampler for Database {
    fn sample(&self, samples: &mut Samples) {
        let uses = ["heartbeat", "control", "engine", "guests", "api"];
        for (name, pool) in uses.into_iter().zip(self.pools.all()) {
            sample_pool(name, pool, samples);
        }
        if let Some(replica) = &self.replica {
            sample_pool("replica", replica.pool(), samples);
        }
        self.pools.server.calls().sample(samples);
    }
}

fn sample_pool(name: &str, pool: &Pool, samples: &mut Samples) {
    let (opened, idle) = (pool.opened(), pool.idle());
    let in_use = opened.saturating_sub(idle);
    samples.number(&CONNECTIONS, &[name, "in_use"], f64::from(in_use));
    samples.number(&CONNECTIONS, &[name, "idle"], f64::from(idle));
    samples.number(&CONNECTIONS_MAX, &[name], f64::from(pool.max()));
    samples.counter(&CONNECTION_WAITS, &[name], pool.waits());
    samples.counter(&CONNECTION_TIMEOUTS, &[name], pool.timeouts());
}
