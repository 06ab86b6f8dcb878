//! Signatures, and the policy of a namespace to take nothing that its keys did not sign.

use super::catalog::Selection;
use super::{Registry, RegistryError, Release};
use crate::store::signature::{SignatureRow, SigningKeyRow};
use semver::Version;
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::signature::{KeyId, PublicKey, Signature};

/// At most this many keys of a policy are named in a refusal.
const MAX_NAMED_KEYS: i64 = 10;

impl Registry {
    /// Keeps signatures of these bytes, which need not be published yet. All are verified before the
    /// first is kept.
    pub async fn keep_signatures(
        &self,
        digest: Digest,
        signatures: &[Signature],
        actor: &Actor,
    ) -> Result<(), RegistryError> {
        check_signatures(digest, signatures)?;
        for signature in signatures {
            self.store.keep_signature(digest, signature, actor).await?;
        }
        Ok(())
    }

    /// The signatures of these bytes, the oldest first.
    pub async fn signatures(&self, digest: Digest) -> Result<Vec<SignatureRow>, RegistryError> {
        Ok(self.store.signatures(digest).await?)
    }

    /// Refuses bytes that no key of the namespace's policy signed, where it has one.
    pub(crate) async fn require_signature(
        &self,
        target: &QualifiedName,
        version: &Version,
        digest: Digest,
    ) -> Result<(), RegistryError> {
        self.require_signature_with(target, version, digest, &[])
            .await
    }

    /// The same, as if these signatures were kept too.
    pub(crate) async fn require_signature_with(
        &self,
        target: &QualifiedName,
        version: &Version,
        digest: Digest,
        given: &[Signature],
    ) -> Result<(), RegistryError> {
        let namespace = &target.namespace;
        let catalog = self
            .catalog(&Selection::default().with([namespace]))
            .await?;
        let mut signers = self.store.signers(digest).await?;
        signers.extend(given.iter().map(|signature| *signature.key()));
        let rules = catalog.rules.get(namespace);
        if rules.is_none_or(|rules| rules.policy.accepts(&signers)) {
            return Ok(());
        }
        let keys = self
            .store
            .signing_keys(namespace, Seek::lowest(MAX_NAMED_KEYS));
        let keys = keys.await?;
        let named = keys
            .iter()
            .map(|key| format!("{} ({})", key.name, key.key_id));
        Err(RegistryError::Unsigned {
            release: Box::new(Release::new(PinKind::Component, target, version)),
            keys: named.collect(),
        })
    }

    /// Has the namespace take only components that this key, or another of its keys, signed: to publish
    /// them, and for new tasks, regardless of their owner and of the time of publication. Open tasks keep
    /// what they have.
    pub async fn add_signing_key(
        &self,
        namespace: &Name,
        key: &PublicKey,
        name: &str,
        actor: &Actor,
    ) -> Result<SigningKeyRow, RegistryError> {
        let added = self.store.add_signing_key(namespace, key, name, actor);
        Ok(added.await?)
    }

    /// Takes a key out of the namespace's policy; without keys there is none.
    pub async fn remove_signing_key(
        &self,
        namespace: &Name,
        key: &KeyId,
        actor: &Actor,
    ) -> Result<(), RegistryError> {
        match self.store.remove_signing_key(namespace, key, actor).await? {
            true => Ok(()),
            false => Err(RegistryError::UnknownSigningKey {
                namespace: namespace.clone(),
                key: key.clone(),
            }),
        }
    }

    /// The keys of a namespace's policy by id.
    pub async fn signing_keys(
        &self,
        namespace: &Name,
        seek: Seek<&str>,
    ) -> Result<Vec<SigningKeyRow>, RegistryError> {
        Ok(self.store.signing_keys(namespace, seek).await?)
    }

    /// The bytes of a published version.
    pub async fn component_bytes(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<(Digest, Vec<u8>), RegistryError> {
        let row = self.component_version(target, version).await?;
        match self.store.engine().component_bytes(row.digest).await? {
            Some(bytes) => Ok((row.digest, bytes)),
            None => Err(RegistryError::BytesRemoved(Box::new(Release::new(
                PinKind::Component,
                target,
                version,
            )))),
        }
    }
}

/// Refuses signatures of other bytes.
pub(crate) fn check_signatures(
    digest: Digest,
    signatures: &[Signature],
) -> Result<(), RegistryError> {
    match signatures.iter().find(|signature| !signature.is_of(digest)) {
        None => Ok(()),
        Some(wrong) => {
            let key = wrong.key().id();
            Err(RegistryError::WrongSignature { key, digest })
        }
    }
}
