//! What a host does beside its requests to keep the registry and its own disk in bounds.

use super::{Registry, RegistryError};
use std::collections::HashSet;
use std::time::Duration;
use tasker_database::notifications::Notifications;
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::error_chain::ErrorChain;
use tasker_sandbox::KeptCode;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// The default size limit of compiled code on disk: 8 GiB.
pub const DEFAULT_CACHE_BYTES: u64 = 8 << 30;

/// Between two looks at what may be collected: at most this, and no longer than what is collected has
/// to be old.
const MAX_COLLECT_INTERVAL: Duration = Duration::from_secs(60 * 60);
const MIN_COLLECT_INTERVAL: Duration = Duration::from_millis(100);

/// Between two looks at the disk where no hint asks for one.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);
/// Between two looks at the disk, however many hints there are.
const MIN_SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// How a host keeps things in bounds.
#[derive(Clone, Copy, Debug)]
pub struct Maintenance {
    /// Collect what nothing needed for this long; none: only operators collect.
    pub collect_after: Option<Duration>,
    /// The room for compiled code on disk, in bytes.
    pub cache_bytes: u64,
}

impl Default for Maintenance {
    fn default() -> Self {
        Self {
            collect_after: None,
            cache_bytes: DEFAULT_CACHE_BYTES,
        }
    }
}

impl Registry {
    /// Keeps things in bounds until `stop`.
    pub async fn maintain(
        self,
        maintenance: Maintenance,
        notifications: Notifications,
        stop: CancellationToken,
    ) {
        let collecting = async {
            match maintenance.collect_after {
                Some(after) => self.collect_regularly(after).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = collecting => {}
            () = self.sweep_regularly(maintenance.cache_bytes, notifications) => {}
        }
    }

    /// Any host may do it; the database lets one at a time.
    async fn collect_regularly(&self, after: Duration) {
        let interval = after.clamp(MIN_COLLECT_INTERVAL, MAX_COLLECT_INTERVAL);
        let mut turns = tokio::time::interval(interval);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            match self.collect(after, &Actor::host()).await {
                Ok(collected) if collected.is_empty() => {}
                Ok(collected) => {
                    tracing::info!(
                        versions = collected.len(),
                        "collected what nothing needs any more"
                    );
                }
                Err(RegistryError::Collecting) => {}
                Err(error) => {
                    tracing::warn!(error = %ErrorChain(&error), "collecting failed; retrying at the next interval");
                }
            }
        }
    }

    async fn sweep_regularly(&self, cache_bytes: u64, notifications: Notifications) {
        let mut hints = notifications.registry();
        loop {
            if let Err(error) = self.sweep(cache_bytes).await {
                tracing::debug!(error = %ErrorChain(&error), "sweeping compiled code failed; retrying at the next interval");
            }
            tokio::time::sleep(MIN_SWEEP_INTERVAL).await;
            tokio::select! {
                Ok(()) = hints.changed() => {}
                () = tokio::time::sleep(SWEEP_INTERVAL) => {}
            }
        }
    }

    /// Removes this host's compiled code of what was collected, and the least recently used until
    /// what is left has room in `cache_bytes`; never what open tasks have in their locks. Tells how
    /// many files went.
    pub async fn sweep(&self, cache_bytes: u64) -> Result<usize, RegistryError> {
        let kept = self.sandbox.kept_code().await;
        let digests: Vec<Digest> = kept.iter().map(|code| code.digest).collect();
        let gone: HashSet<Digest> = self
            .store
            .collected_digests(&digests)
            .await?
            .into_iter()
            .collect();
        let (mut going, mut staying): (Vec<KeptCode>, Vec<KeptCode>) = kept
            .into_iter()
            .partition(|code| gone.contains(&code.digest));
        let mut bytes: u64 = staying.iter().map(|code| code.bytes).sum();
        if bytes > cache_bytes {
            let held = self.store.digests_of_open_tasks(&digests).await?;
            let held: HashSet<Digest> = held.into_iter().collect();
            staying.sort_by_key(|code| code.used_at);
            for code in staying.into_iter().filter(|it| !held.contains(&it.digest)) {
                if bytes <= cache_bytes {
                    break;
                }
                bytes -= code.bytes;
                going.push(code);
            }
        }
        let files = going.len();
        self.sandbox.drop_code(going).await;
        Ok(files)
    }
}
