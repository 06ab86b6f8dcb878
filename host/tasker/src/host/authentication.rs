//! Whom a host serves.

use super::HostError;
use super::first_key::{self, FirstKey};
use std::path::Path;
use tasker_api::auth::jwt::{JwtConfig, Tokens};
use tasker_api::auth::sign_in::{SignIn, SignInConfig};
use tasker_api::auth::{Authentication, Keyring};
use tasker_domain::api_key::ApiKey;
use tasker_engine::Engine;
use tasker_registry::store::Store;

/// Whom a host serves.
#[derive(Clone, Debug)]
pub enum AuthConfig {
    /// Everyone who reaches it, which is why it may be reached from its machine only.
    Off,
    /// Whoever shows a key.
    Keys {
        /// The admin key of a database that has none; none: a random one, kept in the data directory.
        admin_key: Option<ApiKey>,
        /// Whose tokens count beside keys, if any do.
        tokens: Option<Box<JwtConfig>>,
        /// How browsers sign in at the issuer of tokens, if they do; without tokens they do not.
        sign_in: Option<Box<SignInConfig>>,
    },
}

impl AuthConfig {
    /// Makes the first key where there is none; reads the keys of the issuer of tokens.
    pub(super) async fn start(
        self,
        engine: &Engine,
        data_dir: &Path,
    ) -> Result<(Authentication, Option<FirstKey>), HostError> {
        let (admin_key, tokens, sign_in) = match self {
            Self::Off => return Ok((Authentication::Off, None)),
            Self::Keys {
                admin_key,
                tokens,
                sign_in,
            } => (admin_key, tokens, sign_in),
        };
        let store = Store::new(engine.clone());
        let keyring = Keyring::new(store.clone());
        let authentication = match tokens {
            None => Authentication::Keys(keyring),
            Some(config) => {
                let sign_in = match sign_in {
                    Some(sign_in) => Some(SignIn::start(*sign_in, &config.issuer).await?),
                    None => None,
                };
                Authentication::KeysAndTokens(keyring, Tokens::start(*config).await?, sign_in)
            }
        };
        let first_key = first_key::ensure(&store, data_dir, admin_key.as_ref()).await?;
        Ok((authentication, first_key))
    }
}
