//! The connections of a host, divided by use, so that no use can starve another.

use super::pool::{CallLimits, Pool, ServerState};
use sqlx::postgres::PgConnectOptions;
use std::sync::Arc;
use std::time::Duration;

/// The default number of connections of one host, where hosts do not have to share: see `Pools::share`.
pub const DEFAULT_CONNECTIONS: u32 = 16;

/// The smallest number that can be configured: one for each use, and a second one for the engine and for
/// the API, where a call may hold one for long.
pub const MIN_CONNECTIONS: u32 = 8;

/// How many more it is with a read replica: a call to it may hold one for long.
pub(crate) const MIN_REPLICA_CONNECTIONS: u32 = 2;

/// For hints from the database.
const LISTEN_CONNECTIONS: u32 = 1;

/// For heartbeats and nothing else.
const HEARTBEAT_CONNECTIONS: u32 = 1;

/// For the reaper, and for looks that may as well be left out: each may take long, so that nothing that
/// cannot wait goes over it.
const CONTROL_CONNECTIONS: u32 = 1;

/// For the reports and claims of the worker, its registration and recovery; more calls at once wait for
/// each other.
const ENGINE_CONNECTIONS: u32 = 2;

/// One in so many of the others is for what attempts read. The rest is for the API, for maintenance, and for
/// the code of components.
const GUEST_SHARE: u32 = 4;

/// A heartbeat that got no answer leaves time for another one before the host is taken for dead.
const HEARTBEAT: CallLimits = CallLimits {
    acquire: Duration::from_secs(2),
    statement: Duration::from_secs(3),
    lock: Duration::from_secs(2),
};
const CONTROL: CallLimits = CallLimits {
    acquire: Duration::from_secs(5),
    statement: Duration::from_secs(30),
    lock: Duration::from_secs(5),
};
const ENGINE: CallLimits = CallLimits {
    acquire: Duration::from_secs(5),
    statement: Duration::from_secs(10),
    lock: Duration::from_secs(5),
};
const GUESTS: CallLimits = CallLimits {
    acquire: Duration::from_secs(5),
    statement: Duration::from_secs(10),
    lock: Duration::from_secs(5),
};
const API: CallLimits = CallLimits {
    acquire: Duration::from_secs(4),
    statement: Duration::from_secs(10),
    lock: Duration::from_secs(5),
};
/// Who gets no connection of the replica in time is served by the primary.
const REPLICA: CallLimits = CallLimits {
    acquire: Duration::from_secs(1),
    statement: Duration::from_secs(10),
    lock: Duration::from_secs(5),
};
/// For one change of very many rows, such as a quarantine, which somebody waits for.
const BULK: CallLimits = CallLimits {
    acquire: Duration::from_secs(4),
    statement: Duration::from_secs(60),
    lock: Duration::from_secs(5),
};
/// For what looks at everything, such as a collection.
const MAINTENANCE: CallLimits = CallLimits {
    acquire: Duration::from_secs(4),
    statement: Duration::from_secs(5 * 60),
    lock: Duration::from_secs(5),
};

/// The connections of a host by use. Together with the one that listens they are what it may open.
#[derive(Debug)]
pub(crate) struct Pools {
    pub(crate) heartbeat: Pool,
    pub(crate) control: Pool,
    pub(crate) engine: Pool,
    pub(crate) guests: Pool,
    pub(crate) api: Pool,
    pub(crate) server: Arc<ServerState>,
    pub(crate) options: PgConnectOptions,
    /// How many of all are left for a read replica.
    replica_connections: u32,
    /// How many there are in all, where hosts do not have to share.
    connections: u32,
}

/// How many connections each use has, out of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Division {
    engine: u32,
    guests: u32,
    api: u32,
    /// To a read replica; it has those that requests would have on the primary without it.
    replica: u32,
}

impl Division {
    fn of(connections: u32, has_replica: bool) -> Self {
        let fixed = LISTEN_CONNECTIONS + HEARTBEAT_CONNECTIONS + CONTROL_CONNECTIONS;
        let of_replica = if has_replica {
            MIN_REPLICA_CONNECTIONS
        } else {
            0
        };
        let others = connections.max(MIN_CONNECTIONS + of_replica) - fixed;
        let shared = others - ENGINE_CONNECTIONS;
        let guests = (shared / GUEST_SHARE).max(1);
        let requests = shared - guests;
        let replica = of_replica.min(1) * (requests / 2);
        Self {
            engine: ENGINE_CONNECTIONS,
            guests,
            api: requests - replica,
            replica,
        }
    }
}

impl Pools {
    /// Nothing is opened before it is used.
    pub(crate) fn new(options: PgConnectOptions, connections: u32, has_replica: bool) -> Self {
        let server = Arc::<ServerState>::default();
        let Division {
            engine,
            guests,
            api,
            replica,
        } = Division::of(connections, has_replica);
        let pool =
            |connections, limits| Pool::new(connections, limits, options.clone(), server.clone());
        Self {
            heartbeat: pool(HEARTBEAT_CONNECTIONS, HEARTBEAT),
            control: pool(CONTROL_CONNECTIONS, CONTROL),
            engine: pool(engine, ENGINE),
            guests: pool(guests, GUESTS),
            api: pool(api, API),
            server,
            options,
            replica_connections: replica,
            connections,
        }
    }

    /// Leaves this host `share` connections, or as many as it was configured with, but not fewer than
    /// [`MIN_CONNECTIONS`]. What is lent is closed when it comes back.
    pub(crate) fn share(&self, share: u32) {
        let has_replica = self.replica_connections > 0;
        let Division { guests, api, .. } = Division::of(self.connections.min(share), has_replica);
        self.guests.resize(guests);
        self.api.resize(api);
    }

    /// The connections to a read replica, which has a state of its own.
    pub(crate) fn of_replica(&self, options: PgConnectOptions, server: Arc<ServerState>) -> Pool {
        Pool::new(self.replica_connections, REPLICA, options, server)
    }

    /// The connections of the engine, for calls of the worker beside which it makes no others.
    pub(crate) fn recovery(&self) -> Pool {
        self.engine.with_limits(CONTROL)
    }

    /// For what may read much of the log.
    pub(crate) fn scans(&self) -> Pool {
        self.control.with_limits(MAINTENANCE)
    }

    pub(crate) fn bulk(&self) -> Pool {
        self.api.with_limits(BULK)
    }

    pub(crate) fn maintenance(&self) -> Pool {
        self.api.with_limits(MAINTENANCE)
    }

    pub(crate) fn all(&self) -> [&Pool; 5] {
        [
            &self.heartbeat,
            &self.control,
            &self.engine,
            &self.guests,
            &self.api,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_claim_takes_as_long_as_the_database_takes_it_to() {
        let sql = include_str!("../../../migrations/functions/02_call_max.sql");
        let (_, interval) = sql.split_once("interval '").unwrap();
        let seconds = interval.split(' ').next().unwrap().parse().unwrap();
        // The statement, and behind a pooler the commit after it.
        assert!(2 * ENGINE.client() < Duration::from_secs(seconds));
    }

    #[test]
    fn every_use_has_a_connection_and_all_together_are_what_was_asked_for() {
        for (connections, has_replica) in [1, 6, 7, 8, 9, 10, 11, 16, 100]
            .into_iter()
            .flat_map(|connections| [(connections, false), (connections, true)])
        {
            let Division {
                engine,
                guests,
                api,
                replica,
            } = Division::of(connections, has_replica);
            assert!(engine > 0 && guests > 0 && api > 0, "{connections}");
            // One that is held for long leaves another.
            assert!(engine > 1 && api > 1, "{connections}");
            assert!(if has_replica {
                replica > 1
            } else {
                replica == 0
            });
            let least = MIN_CONNECTIONS
                + if has_replica {
                    MIN_REPLICA_CONNECTIONS
                } else {
                    0
                };
            assert_eq!(engine + guests + api + replica + 3, connections.max(least));
        }
    }
}
