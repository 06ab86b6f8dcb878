//! Signing keys and signatures as files.

use super::{Problem, Result, input, refuse};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use ed25519_dalek::{Signer as _, SigningKey};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use tasker_domain::digest::Digest;
use tasker_domain::signature::{PublicKey, Signature, signed_text};
use zeroize::Zeroizing;

/// What signs; never shown.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// A new one, of the system's randomness.
    pub fn generate() -> Result<Self> {
        let mut seed = Zeroizing::new([0; 32]);
        let none = |error| anyhow::anyhow!("the system has no randomness: {error}");
        getrandom::fill(&mut seed[..]).map_err(none)?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// Reads the PEM file that `tasker signing-key create` or `openssl genpkey -algorithm ed25519` wrote.
    pub fn read(path: &Path) -> Result<Self> {
        let pem = Zeroizing::new(input::read_text(path)?);
        SigningKey::from_pkcs8_pem(&pem).map(Self).or_else(|_| {
            let what = format!("{} is no private ed25519 key in PEM", path.display());
            refuse(what, "make one with: tasker signing-key create")
        })
    }

    pub fn public(&self) -> PublicKey {
        let key = PublicKey::try_from(self.0.verifying_key());
        key.expect("a key that was made from a seed is not weak")
    }

    pub fn sign(&self, digest: Digest) -> Signature {
        let bytes = self.0.sign(signed_text(digest).as_bytes()).to_bytes();
        Signature::new(self.public(), bytes)
    }

    /// Writes the pair: `path` for its owner alone, and `path.pub`. Nothing is overwritten.
    pub fn write(&self, path: &Path) -> Result<PathBuf> {
        let pem = self.0.to_pkcs8_pem(LineEnding::LF);
        let pem = pem.expect("an ed25519 key has a PEM form");
        let public = self.0.verifying_key().to_public_key_pem(LineEnding::LF);
        let public = public.expect("an ed25519 key has a PEM form");
        let public_path = with_suffix(path, "pub");
        write_new(&public_path, public.as_bytes(), 0o644)?;
        write_new(path, pem.as_bytes(), 0o600)?;
        Ok(public_path)
    }
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(mode);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(bytes));
    let help = "name another file; keys are not overwritten";
    Ok(written.map_err(|error| Problem::unwritable(path, &error).help(help))?)
}

/// Reads a `.pub` file.
pub fn read_public(path: &Path) -> Result<PublicKey> {
    let key = input::read_text(path)?.parse();
    Ok(key.map_err(|error| Problem::of_file(path, error))?)
}

/// Where the signatures of a file are: beside it, with `.sig` at the end.
pub fn signature_file(of: &Path) -> PathBuf {
    with_suffix(of, "sig")
}

/// The signatures beside a file, one a line; none where there is no such file.
pub fn signatures_beside(path: &Path) -> Result<Vec<Signature>> {
    let file = signature_file(path);
    if !file.is_file() {
        return Ok(Vec::new());
    }
    let signatures = Signature::parse_lines(&input::read_text(&file)?);
    Ok(signatures.map_err(|error| Problem::of_file(&file, error))?)
}

/// Adds a signature to others, in place of one by the same key.
pub fn add_signature(signatures: &mut Vec<Signature>, new: Signature) {
    signatures.retain(|old| old.key() != new.key());
    signatures.push(new);
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_pair_that_was_written_signs_what_its_public_half_verifies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ci");
        let public = SecretKey::generate().unwrap().write(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let digest = Digest::of(b"bytes");
        let signature = SecretKey::read(&path).unwrap().sign(digest);
        assert_eq!(*signature.key(), read_public(&public).unwrap());
        assert!(signature.is_of(digest));
        assert!(SecretKey::generate().unwrap().write(&path).is_err());
    }
}
