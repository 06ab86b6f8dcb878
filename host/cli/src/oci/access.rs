//! How a registry is reached: the protocol and the credentials.

use super::place::Place;
use super::trouble::told;
use crate::{Problem, Result};
use docker_credential::{CredentialRetrievalError, DockerCredential};
use oci_client::Client;
use oci_client::client::{ClientConfig, ClientProtocol, Config, ImageLayer};
use oci_client::errors::OciDistributionError;
use oci_client::manifest::OciImageManifest;
use oci_client::secrets::RegistryAuth;
use std::io::Read as _;
use std::time::Duration;
use tasker_domain::byte_order_mark::without_mark;

/// A registry that does not accept a connection within this is taken for unreachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A registry that sends nothing for this long is given up.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest password, in bytes.
const MAX_PASSWORD_BYTES: u64 = 16 << 10;

/// What the commands take.
#[derive(Debug, clap::Args)]
pub struct Access {
    /// User name at the registry; by default what `docker login` stored.
    #[arg(long, requires = "password_stdin")]
    username: Option<String>,
    /// Read the password or token from standard input.
    #[arg(long, requires = "username")]
    password_stdin: bool,
    /// Use plain HTTP; a registry on this machine is always reached over plain HTTP.
    #[arg(long)]
    insecure: bool,
}

/// A registry to talk to, and as whom.
pub struct Connection {
    pub client: Client,
    pub auth: RegistryAuth,
}

impl Access {
    /// Nothing is sent yet.
    pub fn connect(&self, place: &Place) -> Result<Connection> {
        let protocol = match self.insecure || place.is_loopback() {
            true => ClientProtocol::Http,
            false => ClientProtocol::Https,
        };
        let config = ClientConfig {
            protocol,
            connect_timeout: Some(CONNECT_TIMEOUT),
            read_timeout: Some(READ_TIMEOUT),
            user_agent: concat!("tasker/", env!("CARGO_PKG_VERSION")),
            ..ClientConfig::default()
        };
        let client = Client::try_from(config).map_err(|error| told(place, &error))?;
        let auth = self.auth(place)?;
        Ok(Connection { client, auth })
    }

    fn auth(&self, place: &Place) -> Result<RegistryAuth> {
        match &self.username {
            Some(username) => Ok(RegistryAuth::Basic(username.clone(), password()?)),
            None => {
                let found = docker_credential::get_credential(place.reference().registry());
                Ok(stored(found).unwrap_or(RegistryAuth::Anonymous))
            }
        }
    }
}

impl Connection {
    /// The manifest of an artifact.
    pub async fn manifest(&self, place: &Place) -> Result<OciImageManifest, OciDistributionError> {
        let pulled = self
            .client
            .pull_image_manifest(place.reference(), &self.auth);
        let (manifest, _) = pulled.await?;
        Ok(manifest)
    }

    /// Pushes layers with their manifest.
    pub async fn push(
        &self,
        place: &Place,
        (config, layers): (Config, &[ImageLayer]),
        manifest: OciImageManifest,
    ) -> Result<()> {
        let (place_there, auth) = (place.reference(), &self.auth);
        let pushed = self
            .client
            .push(place_there, layers, config, auth, Some(manifest));
        pushed.await.map_err(|error| told(place, &error))?;
        Ok(())
    }
}

fn password() -> Result<String> {
    let read = std::io::read_to_string(std::io::stdin().take(MAX_PASSWORD_BYTES));
    let text = read.map_err(|error| {
        Problem::bad_input(format!(
            "cannot read the password from standard input: {error}"
        ))
    })?;
    let text = without_mark(&text);
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// What `docker login` stored, by itself or in a credential store. An identity token is not supported.
fn stored(found: Result<DockerCredential, CredentialRetrievalError>) -> Option<RegistryAuth> {
    match found {
        Ok(DockerCredential::UsernamePassword(name, password)) => {
            Some(RegistryAuth::Basic(name, password))
        }
        Ok(DockerCredential::IdentityToken(_)) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_docker_login_stored_is_found_by_the_registry() {
        let config = r#"{"auths": {"registry.example.com": {"auth": "YWRhOnM6ZWNyZXQ="}, "other.example.com": {}}}"#;
        let stored_auth = |registry| {
            stored(docker_credential::get_credential_from_reader(
                config.as_bytes(),
                registry,
            ))
        };
        let found = stored_auth("registry.example.com");
        assert_eq!(
            found,
            Some(RegistryAuth::Basic("ada".into(), "s:ecret".into()))
        );
        assert_eq!(stored_auth("other.example.com"), None);
    }
}
