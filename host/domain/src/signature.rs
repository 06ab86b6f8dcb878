//! Signatures over a component's digest: who vouches for its bytes.

use super::byte_order_mark::without_mark;
use super::digest::Digest;
use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::VerifyingKey;
use ed25519_dalek::pkcs8::DecodePublicKey as _;
use std::fmt;
use std::str::FromStr;

/// What is signed begins with this line, so that a signature made for something else is none here.
const CONTEXT: &str = "tasker component v1";
/// How a written signature begins.
const ALGORITHM: &str = "ed25519";
/// Hexadecimal digits of a [`KeyId`].
const KEY_ID_DIGITS: usize = 16;

/// An ed25519 key that signatures are checked with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(VerifyingKey);

/// What people call a key by: the first 16 hexadecimal digits of its sha256. Keys are compared whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

/// A signature with the key that it says it is of; written `ed25519:KEY:SIGNATURE`, both parts in
/// base64 for URLs without padding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    key: PublicKey,
    bytes: [u8; 64],
}

/// Why a text is not a key or a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error(
        "this is not an ed25519 public key; give the `.pub` file that `tasker signing-key create` wrote, or 32 bytes in base64"
    )]
    Key,
    #[error(
        "a key id has {KEY_ID_DIGITS} hexadecimal digits; list them with: tasker signing-policy ls NAMESPACE"
    )]
    KeyId,
    #[error("a signature is written ed25519:KEY:SIGNATURE, both parts in base64 without padding")]
    Form,
}

/// The bytes that are signed for this digest: two lines of text.
pub fn signed_text(digest: Digest) -> String {
    format!("{CONTEXT}\nsha256:{digest}\n")
}

impl PublicKey {
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub fn id(&self) -> KeyId {
        KeyId(Digest::of(self.as_bytes()).to_string()[..KEY_ID_DIGITS].to_owned())
    }
}

impl TryFrom<&[u8]> for PublicKey {
    type Error = SignatureError;

    fn try_from(bytes: &[u8]) -> Result<Self, SignatureError> {
        let key = VerifyingKey::try_from(bytes).map_err(|_| SignatureError::Key)?;
        Self::try_from(key)
    }
}

impl TryFrom<Vec<u8>> for PublicKey {
    type Error = SignatureError;

    fn try_from(bytes: Vec<u8>) -> Result<Self, SignatureError> {
        Self::try_from(bytes.as_slice())
    }
}

impl TryFrom<VerifyingKey> for PublicKey {
    type Error = SignatureError;

    /// Keys under which anybody can sign are refused.
    fn try_from(key: VerifyingKey) -> Result<Self, SignatureError> {
        match key.is_weak() {
            true => Err(SignatureError::Key),
            false => Ok(Self(key)),
        }
    }
}

impl FromStr for PublicKey {
    type Err = SignatureError;

    /// PEM (`BEGIN PUBLIC KEY`), or the 32 bytes in base64, of either alphabet, padded or not.
    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let text = text.trim();
        if text.starts_with("-----BEGIN") {
            let key = VerifyingKey::from_public_key_pem(text).map_err(|_| SignatureError::Key)?;
            return Self::try_from(key);
        }
        let text = text
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_");
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes());
        Self::try_from(bytes.map_err(|_| SignatureError::Key)?.as_slice())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

impl KeyId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let is_id = text.len() == KEY_ID_DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit());
        match is_id {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err(SignatureError::KeyId),
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Signature {
    pub fn new(key: PublicKey, bytes: [u8; 64]) -> Self {
        Self { key, bytes }
    }

    /// Reads signatures one a line; empty lines are left out.
    pub fn parse_lines(text: &str) -> Result<Vec<Self>, SignatureError> {
        let lines = without_mark(text).lines();
        let lines = lines.filter(|line| !line.trim().is_empty());
        lines.map(str::parse).collect()
    }

    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.bytes
    }

    /// True if the key's owner signed this digest.
    pub fn is_of(&self, digest: Digest) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&self.bytes);
        let checked = self
            .key
            .0
            .verify_strict(signed_text(digest).as_bytes(), &signature);
        checked.is_ok()
    }
}

impl FromStr for Signature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let parts: Vec<&str> = text.trim().split(':').collect();
        let [ALGORITHM, key, bytes] = parts[..] else {
            return Err(SignatureError::Form);
        };
        let bytes = BASE64URL_NOPAD.decode(bytes.as_bytes());
        let bytes = bytes.map_err(|_| SignatureError::Form)?;
        Ok(Self {
            key: key.parse()?,
            bytes: bytes.try_into().map_err(|_| SignatureError::Form)?,
        })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = BASE64URL_NOPAD.encode(&self.bytes);
        write!(f, "{ALGORITHM}:{}:{bytes}", self.key)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature(by {})", self.key.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer as _, SigningKey};

    fn signed(digest: Digest) -> Signature {
        let secret = SigningKey::from_bytes(&[7; 32]);
        let key = PublicKey::try_from(secret.verifying_key()).unwrap();
        let bytes = secret.sign(signed_text(digest).as_bytes()).to_bytes();
        Signature::new(key, bytes)
    }

    #[test]
    fn a_signature_holds_for_its_digest_and_for_no_other() {
        let (digest, other) = (Digest::of(b"a"), Digest::of(b"b"));
        assert!(signed(digest).is_of(digest));
        assert!(!signed(digest).is_of(other));
    }

    #[test]
    fn a_signature_of_the_digest_without_its_context_is_none() {
        let digest = Digest::of(b"a");
        let secret = SigningKey::from_bytes(&[7; 32]);
        let bytes = secret.sign(digest.as_bytes()).to_bytes();
        assert!(!Signature::new(*signed(digest).key(), bytes).is_of(digest));
    }

    #[test]
    fn what_is_written_reads_back() {
        let signature = signed(Digest::of(b"a"));
        assert_eq!(signature.to_string().parse(), Ok(signature));
        let key = signature.key();
        assert_eq!(key.to_string().parse(), Ok(*key));
        let standard = key.to_string().replace('-', "+").replace('_', "/") + "=";
        assert_eq!(standard.parse(), Ok(*key));
        assert_eq!(key.id().as_str().parse(), Ok(key.id()));
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        for wrong in ["", "ed25519:AA:AA", "rsa:AA:AA", "ed25519:AA", "a:b:c:d"] {
            assert!(wrong.parse::<Signature>().is_err(), "{wrong}");
        }
        // The neutral element: everything that is signed by its owner is signed by everybody.
        let weak = [&[1_u8][..], &[0; 31]].concat();
        assert_eq!(PublicKey::try_from(&weak[..]), Err(SignatureError::Key));
    }
}
