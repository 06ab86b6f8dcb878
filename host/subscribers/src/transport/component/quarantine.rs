//! Ends subscribers whose code is quarantined while they run.

use std::convert::Infallible;
use std::time::Duration;
use tasker_domain::digest::Digest;
use tasker_engine::Engine;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often it is asked for, by all subscribers of a host together; most end before the first time.
const INTERVAL: Duration = Duration::from_secs(1);

/// The code in quarantine, as it was when it was asked for.
pub(super) struct Quarantine {
    engine: Engine,
    known: Mutex<Known>,
}

struct Known {
    digests: Vec<Digest>,
    read_at: Option<Instant>,
}

/// The watch over one attempt.
pub(super) struct Watch<'a> {
    of: &'a Quarantine,
    digest: Digest,
    token: CancellationToken,
}

impl Quarantine {
    pub(super) fn new(engine: Engine) -> Self {
        let known = Known {
            digests: Vec::new(),
            read_at: None,
        };
        Self {
            engine,
            known: Mutex::new(known),
        }
    }

    pub(super) fn watch(&self, digest: Digest) -> Watch<'_> {
        Watch {
            of: self,
            digest,
            token: CancellationToken::new(),
        }
    }

    /// While the database does not answer, what is known stays.
    async fn has(&self, digest: Digest) -> bool {
        let mut known = self.known.lock().await;
        if known.read_at.is_none_or(|at| at.elapsed() >= INTERVAL) {
            if let Ok(digests) = self.engine.quarantined_digests().await {
                known.digests = digests;
            }
            known.read_at = Some(Instant::now());
        }
        known.digests.contains(&digest)
    }
}

impl Watch<'_> {
    /// Cancelled when the code is quarantined, as long as [`keep`](Self::keep) is polled.
    pub(super) fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    pub(super) async fn keep(&self) -> Infallible {
        loop {
            tokio::time::sleep(INTERVAL).await;
            if self.of.has(self.digest).await {
                self.token.cancel();
                std::future::pending::<()>().await;
            }
        }
    }
}
