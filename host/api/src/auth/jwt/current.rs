//! The issuer's keys as they are at present.

use super::JwtConfig;
use super::algorithm::JwtAlgorithm;
use super::key_set::KeySet;
use super::key_source::{KeySource, KeySourceError, Reader};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use tasker_domain::error_chain::ErrorChain;
use tokio::sync::Mutex;

/// Keys that could not be confirmed for this long do not count any more.
const TRUSTED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// How often keys are read.
struct Pace {
    /// In any case.
    every: Duration,
    /// For a token that names a key which is not known, which anyone can send.
    again_after: Duration,
}

const FILE_PACE: Pace = Pace {
    every: Duration::from_secs(10),
    again_after: Duration::from_secs(1),
};
const URL_PACE: Pace = Pace {
    every: Duration::from_secs(5 * 60),
    again_after: Duration::from_secs(60),
};

/// The keys that were read last, and where more are.
pub(super) struct CurrentKeys {
    source: KeySource,
    reader: Reader,
    issuer: String,
    allowed: Vec<JwtAlgorithm>,
    pace: Pace,
    held: RwLock<Option<CachedKeySet>>,
    /// When keys were read for the sake of one that was not known.
    looked_again: Mutex<Option<Instant>>,
}

struct CachedKeySet {
    keys: Arc<KeySet>,
    read_at: Instant,
}

impl CurrentKeys {
    /// Fails where a file is wrong; a URL may be down for the moment.
    pub(super) async fn start(config: &JwtConfig) -> Result<Self, KeySourceError> {
        let pace = match &config.keys {
            KeySource::File(_) => FILE_PACE,
            KeySource::Url(_) => URL_PACE,
        };
        let keys = Self {
            reader: Reader::new(&config.keys)?,
            source: config.keys.clone(),
            issuer: config.issuer.clone(),
            allowed: config.algorithms.clone(),
            pace,
            held: RwLock::default(),
            looked_again: Mutex::default(),
        };
        match (keys.read().await, &keys.source) {
            (Err(error), KeySource::File(_)) => return Err(error),
            (Err(error), KeySource::Url(_)) => tell(&error),
            (Ok(()), KeySource::File(_) | KeySource::Url(_)) => {}
        }
        Ok(keys)
    }

    /// `None` if no keys could be read, or not for long.
    pub(super) fn known(&self) -> Option<Arc<KeySet>> {
        let held = self.held.read().expect("nothing panics under the lock");
        let trusted = held
            .as_ref()
            .filter(|held| held.read_at.elapsed() < TRUSTED_FOR);
        trusted.map(|held| held.keys.clone())
    }

    /// Reads the keys, unless that was done for this reason a short while ago. Who comes while they
    /// are read waits for them.
    pub(super) async fn look_again(&self) {
        let mut looked = self.looked_again.lock().await;
        if looked.is_some_and(|at| at.elapsed() < self.pace.again_after) {
            return;
        }
        self.renew().await;
        *looked = Some(Instant::now());
    }

    /// Never ends.
    pub(super) async fn keep_fresh(&self) {
        loop {
            tokio::time::sleep(self.pace.every).await;
            self.renew().await;
        }
    }

    async fn renew(&self) {
        if let Err(error) = self.read().await {
            tell(&error);
        }
    }

    /// A set without a usable key replaces none: it is rather a mistake than the end of all tokens.
    async fn read(&self) -> Result<(), KeySourceError> {
        let from = || self.source.to_string();
        let text = self.reader.read().await?;
        let malformed = |source| KeySourceError::Malformed {
            from: from(),
            source,
        };
        let keys = KeySet::parse(&text, &self.issuer, &self.allowed).map_err(malformed)?;
        if keys.is_empty() {
            return Err(KeySourceError::NoKey { from: from() });
        }
        let held = CachedKeySet {
            keys: Arc::new(keys),
            read_at: Instant::now(),
        };
        *self.held.write().expect("nothing panics under the lock") = Some(held);
        Ok(())
    }
}

fn tell(error: &KeySourceError) {
    tracing::warn!(error = %ErrorChain(error), "the keys of the token issuer could not be read; the last ones stay in use");
}
