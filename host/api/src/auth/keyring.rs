//! The keys, and the sessions of browsers, in memory, so that a request costs the database nothing.
//!
//! All of them are read at once and cached for some seconds. Regardless of the number of requests, also of
//! unauthenticated ones, the database is read a few times per second at most. A key that was revoked on
//! another host is refused within [`SERVES_FOR`].

use super::browser_session::SessionToken;
use crate::access::Access;
use crate::auth_error::AuthError;
use crate::error::ApiError;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq as _;
use tasker_database::DatabaseError;
use tasker_domain::actor::Actor;
use tasker_domain::api_key::{ApiKey, PREFIX_BYTES, SECRET_BYTES};
use tasker_domain::digest::Digest;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::permission::Permissions;
use tasker_domain::request_rate::RequestRate;
use tasker_registry::store::Store;
use tasker_registry::store::api_key::KnownKey;
use tasker_registry::store::browser_session::KnownSession;
use tokio::sync::RwLock;

/// How long what was read is trusted.
pub const SERVES_FOR: Duration = Duration::from_secs(3);

/// A key that is not among those read may have been made since, so it is looked for; no more often
/// than this.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// How long a request waits for the keys.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the status waits for the keys.
const STATUS_READ_TIMEOUT: Duration = Duration::from_secs(1);

/// How old the keys may be that the status goes by while the database does not answer.
pub const STATUS_SERVES_FOR: Duration = Duration::from_secs(60 * 60);

/// The keys of a database and its sessions of browsers, as they were some seconds ago at most; cheap to clone.
#[derive(Clone)]
pub struct Keyring {
    store: Store,
    keys: Arc<RwLock<Option<Arc<Keys>>>>,
    /// The same, for those who cannot wait until they are read anew.
    last: Arc<Mutex<Option<Arc<Keys>>>>,
}

struct Keys {
    read_at: Instant,
    by_prefix: HashMap<String, CachedKey>,
    sessions: HashMap<Digest, CachedSession>,
}

/// A session of a browser.
#[derive(Clone)]
pub(super) struct CachedSession {
    pub access: Access,
    /// The issuer and key that have to count still, of a session by a token.
    pub issuer_key: Option<Digest>,
}

struct CachedKey {
    secret_digest: Digest,
    name: String,
    is_expired: bool,
    /// Its use is recorded, or is being written.
    is_recorded: AtomicBool,
    access: Access,
}

impl Keyring {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            keys: Arc::default(),
            last: Arc::default(),
        }
    }

    /// Who shows this key. Every wrong one is refused alike and in the same time.
    pub async fn access(&self, key: &str) -> Result<Access, ApiError> {
        let shown: ApiKey = key.parse().map_err(|_| AuthError::Unknown)?;
        let mut keys = self.keys(SERVES_FOR).await?;
        if !keys.by_prefix.contains_key(shown.prefix()) {
            keys = self.keys(LOOK_AGAIN_AFTER).await?;
        }
        let key = verified(&keys, &shown)?;
        if !key.is_recorded.swap(true, Ordering::Relaxed) {
            tokio::spawn(record(self.store.clone(), shown.prefix().to_owned()));
        }
        Ok(key.access.clone())
    }

    /// Whose session of a browser this is. It is found by a digest of random bytes, whose comparison says nothing about
    /// them.
    pub(super) async fn session(&self, token: &SessionToken) -> Result<CachedSession, ApiError> {
        let digest = token.digest();
        let mut keys = self.keys(SERVES_FOR).await?;
        if !keys.sessions.contains_key(&digest) {
            keys = self.keys(LOOK_AGAIN_AFTER).await?;
        }
        let session = keys.sessions.get(&digest).cloned();
        Ok(session.ok_or(AuthError::SessionEnded)?)
    }

    /// [`Self::access`] for the status, which is wanted also while the database does not answer: then the keys count that
    /// were read last, within [`STATUS_SERVES_FOR`].
    pub async fn access_for_status(&self, key: &str) -> Result<Access, ApiError> {
        let asked = tokio::time::timeout(STATUS_READ_TIMEOUT, self.access(key)).await;
        let unknown = match asked {
            Ok(Err(error)) if !error.is_refusal() => error,
            Ok(answer) => return answer,
            Err(_) => late(STATUS_READ_TIMEOUT),
        };
        let keys = young(&self.last(), STATUS_SERVES_FOR).ok_or(unknown)?;
        let shown: ApiKey = key.parse().map_err(|_| AuthError::Unknown)?;
        Ok(verified(&keys, &shown)?.access.clone())
    }

    /// Reads the keys again at the next request: they were changed here.
    pub async fn forget(&self) {
        *self.keys.write().await = None;
        *self.last() = None;
    }

    fn last(&self) -> MutexGuard<'_, Option<Arc<Keys>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keys that were read within `age`; who comes while they are read waits for them, and not for
    /// all who came before.
    async fn keys(&self, age: Duration) -> Result<Arc<Keys>, ApiError> {
        let read = tokio::time::timeout(READ_TIMEOUT, self.keys_without_timeout(age)).await;
        Ok(read.map_err(|_| late(READ_TIMEOUT))??)
    }

    async fn keys_without_timeout(&self, age: Duration) -> Result<Arc<Keys>, DatabaseError> {
        if let Some(keys) = young(&*self.keys.read().await, age) {
            return Ok(keys);
        }
        let mut held = self.keys.write().await;
        if let Some(keys) = young(&held, age) {
            return Ok(keys);
        }
        let read_at = Instant::now();
        let found = self.store.known_keys().await?;
        let by_prefix = found.into_iter().filter_map(entry).collect();
        let found = self.store.known_sessions().await?;
        let sessions = found.into_iter().filter_map(session).collect();
        let keys = Arc::new(Keys {
            read_at,
            by_prefix,
            sessions,
        });
        *held = Some(keys.clone());
        *self.last() = Some(keys.clone());
        Ok(keys)
    }
}

fn late(most: Duration) -> ApiError {
    let seconds = most.as_secs();
    ApiError::NotReady {
        why: format!("the database did not answer within {seconds} s"),
    }
}

fn young(keys: &Option<Arc<Keys>>, age: Duration) -> Option<Arc<Keys>> {
    let keys = keys.as_ref()?;
    (keys.read_at.elapsed() < age).then(|| keys.clone())
}

/// A secret is compared even where there is no such key, so that the response time reveals nothing.
fn verified<'a>(keys: &'a Keys, shown: &ApiKey) -> Result<&'a CachedKey, AuthError> {
    let known = keys.by_prefix.get(shown.prefix());
    let shown = shown.secret_digest();
    let stored = known.map_or([0; 32], |key| *key.secret_digest.as_bytes());
    let is_same = bool::from(shown.as_bytes().ct_eq(&stored));
    match known.filter(|_| is_same) {
        None => Err(AuthError::Unknown),
        Some(key) if key.is_expired => Err(AuthError::Expired {
            name: key.name.clone(),
        }),
        Some(key) => Ok(key),
    }
}

/// What cannot be read permits nothing.
fn access(name: &str, permissions: serde_json::Value, rate: Option<i32>) -> Option<Access> {
    let rate = rate.and_then(|rate| RequestRate::try_from(rate).ok());
    match serde_json::from_value::<Permissions>(permissions) {
        Ok(permissions) => {
            let access = Access::of(Actor::named(name), Arc::new(permissions));
            Some(access.with_rate(rate))
        }
        Err(error) => {
            tracing::warn!(key = name, %error, "the permissions of a key cannot be read; it is refused");
            None
        }
    }
}

fn entry(known: KnownKey) -> Option<(String, CachedKey)> {
    let key = CachedKey {
        access: access(
            &known.name,
            known.permissions,
            known.max_requests_per_minute,
        )?,
        secret_digest: known.secret_digest,
        name: known.name,
        is_expired: known.is_expired,
        is_recorded: AtomicBool::new(known.is_recorded),
    };
    Some((known.prefix, key))
}

fn session(known: KnownSession) -> Option<(Digest, CachedSession)> {
    let issuer_key = known.issuer_key.map(Digest::try_from).transpose();
    let session = CachedSession {
        access: access(
            &known.actor,
            known.permissions,
            known.max_requests_per_minute,
        )?,
        issuer_key: issuer_key.ok()?,
    };
    Some((known.token_digest, session))
}

async fn record(store: Store, prefix: String) {
    if let Err(error) = store.record_key_use(&prefix).await {
        tracing::debug!(error = %ErrorChain(&error), "the use of a key was not recorded");
    }
}

/// A key of the system's random bytes.
pub fn random_key() -> Result<ApiKey, getrandom::Error> {
    let (mut prefix, mut secret) = ([0; PREFIX_BYTES], [0; SECRET_BYTES]);
    getrandom::fill(&mut prefix)?;
    getrandom::fill(&mut secret)?;
    Ok(ApiKey::of(prefix, secret))
}
