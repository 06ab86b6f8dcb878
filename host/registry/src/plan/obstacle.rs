//! What keeps an upload from being published or run, beside its number.

use crate::{Registry, RegistryError};
use semver::Version;
use tasker_domain::digest::Digest;
use tasker_domain::plan::{Obstacle, ObstacleCode};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::signature::Signature;

impl Registry {
    /// All that is in the way of these bytes, if they came with these signatures.
    pub(super) async fn obstacles(
        &self,
        target: &QualifiedName,
        version: &Version,
        digest: Digest,
        signatures: &[Signature],
    ) -> Result<Vec<Obstacle>, RegistryError> {
        let mut obstacles = Vec::new();
        let signed = self.require_signature_with(target, version, digest, signatures);
        match signed.await {
            Ok(()) => {}
            Err(unsigned @ RegistryError::Unsigned { .. }) => obstacles.push(Obstacle {
                code: ObstacleCode::Unsigned,
                detail: unsigned.to_string(),
            }),
            Err(error) => return Err(error),
        }
        if self
            .store
            .engine()
            .quarantined_digests()
            .await?
            .contains(&digest)
        {
            obstacles.push(Obstacle {
                code: ObstacleCode::Quarantined,
                detail: "these bytes are in quarantine: no host will run them".to_owned(),
            });
        }
        Ok(obstacles)
    }
}
