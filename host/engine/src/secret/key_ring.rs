//! The keys that secrets are encrypted with.

use super::SecretError;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::{
    BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE,
};
use sha2::{Digest as _, Sha256};
use std::fmt;
use tasker_domain::byte_order_mark::without_mark;
use tasker_domain::secret::SecretValue;
use zeroize::Zeroizing;

/// Bytes of a key.
pub(super) const KEY_BYTES: usize = 32;
/// The bytes that identify a key.
const KEY_ID_BYTES: usize = 8;
/// Bytes of a nonce; so many that random ones never meet.
const NONCE_BYTES: usize = 24;
/// Keys of one ring; more would be a mistake.
const MAX_KEYS: usize = 16;

/// Which key encrypted something: the first bytes of its sha256. Reveals nothing about the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; KEY_ID_BYTES]);

/// The first key encrypts, every key decrypts.
pub struct KeyRing(Vec<(KeyId, XChaCha20Poly1305)>);

/// A value as it is stored.
#[derive(Clone, Debug)]
pub struct Sealed {
    pub key_id: KeyId,
    pub nonce: Vec<u8>,
    pub ciphertext: Vec<u8>,
}

/// What a value belongs to; encrypted for one place, it is worth nothing in another.
#[derive(Clone, Copy, Debug)]
pub struct SecretLocation<'a> {
    pub namespace: &'a str,
    pub name: &'a str,
    pub version: i32,
}

/// Why a text is not a key ring. No message contains a part of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    #[error(
        "it contains no key; a key is 32 random bytes as base64 or hex, one per line, such as `openssl rand -base64 32` prints"
    )]
    Empty,
    #[error(
        "line {line} is not a key: a key is 32 random bytes as base64 or hex, one per line, such as `openssl rand -base64 32` prints"
    )]
    Line { line: usize },
    #[error(
        "there are more than {MAX_KEYS} keys in it; keep the newest, and those with which values are still encrypted"
    )]
    TooMany,
}

impl KeyRing {
    /// One key a line, in base64 or hex; empty lines and those that begin with `#` are left out.
    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        let lines = without_mark(text).lines().enumerate();
        let keys = lines
            .map(|(number, line)| (number + 1, line.trim()))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(line, text)| key(text).ok_or(KeyRingError::Line { line }))
            .collect::<Result<Vec<_>, _>>()?;
        match keys.len() {
            0 => Err(KeyRingError::Empty),
            1..=MAX_KEYS => Ok(Self(keys)),
            _ => Err(KeyRingError::TooMany),
        }
    }

    /// The key that encrypts.
    pub fn first(&self) -> KeyId {
        self.0[0].0
    }

    pub(crate) fn has(&self, key_id: KeyId) -> bool {
        self.0.iter().any(|(id, _)| *id == key_id)
    }

    pub fn seal(
        &self,
        place: SecretLocation<'_>,
        value: &SecretValue,
    ) -> Result<Sealed, SecretError> {
        self.seal_bytes(&place.bytes(), value.reveal().as_bytes())
    }

    /// Encrypts bytes for one place.
    pub(crate) fn seal_bytes(&self, place: &[u8], bytes: &[u8]) -> Result<Sealed, SecretError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(SecretError::Random)?;
        let (key_id, cipher) = &self.0[0];
        let payload = Payload {
            msg: bytes,
            aad: place,
        };
        let ciphertext = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a value is far shorter than the cipher's limit");
        Ok(Sealed {
            key_id: *key_id,
            nonce: nonce.to_vec(),
            ciphertext,
        })
    }

    pub fn open(
        &self,
        place: SecretLocation<'_>,
        sealed: &Sealed,
    ) -> Result<SecretValue, SecretError> {
        if !self.has(sealed.key_id) {
            return Err(place.key_missing(sealed.key_id));
        }
        let changed = || SecretError::Changed {
            namespace: place.namespace.to_owned(),
            name: place.name.to_owned(),
        };
        let clear = self.open_bytes(&place.bytes(), sealed);
        let clear = clear.ok_or_else(changed)?;
        SecretValue::parse(clear).map_err(|_| changed())
    }

    /// The bytes that were encrypted for this place; `None` if they were changed, or the key is not in the ring.
    pub(crate) fn open_bytes(&self, place: &[u8], sealed: &Sealed) -> Option<Vec<u8>> {
        let (_, cipher) = self.0.iter().find(|(id, _)| *id == sealed.key_id)?;
        let nonce = <[u8; NONCE_BYTES]>::try_from(sealed.nonce.as_slice()).ok()?;
        let payload = Payload {
            msg: &sealed.ciphertext,
            aad: place,
        };
        cipher.decrypt(&XNonce::from(nonce), payload).ok()
    }
}

impl SecretLocation<'_> {
    /// Names have no `/`, so that no two places are written alike.
    fn bytes(&self) -> Vec<u8> {
        format!("{}/{}/{}", self.namespace, self.name, self.version).into_bytes()
    }

    pub(super) fn key_missing(&self, key_id: KeyId) -> SecretError {
        SecretError::KeyMissing {
            namespace: self.namespace.to_owned(),
            name: self.name.to_owned(),
            key_id,
        }
    }
}

fn key(text: &str) -> Option<(KeyId, XChaCha20Poly1305)> {
    let encodings = [
        &HEXLOWER_PERMISSIVE,
        &BASE64,
        &BASE64_NOPAD,
        &BASE64URL,
        &BASE64URL_NOPAD,
    ];
    let decoded = encodings
        .into_iter()
        .filter_map(|encoding| encoding.decode(text.as_bytes()).ok())
        .map(Zeroizing::new)
        .find(|bytes| bytes.len() == KEY_BYTES)?;
    let cipher = XChaCha20Poly1305::new_from_slice(&decoded).ok()?;
    Some((KeyId::of(&decoded), cipher))
}

impl KeyId {
    fn of(key: &[u8]) -> Self {
        let digest = Sha256::digest(key);
        Self(std::array::from_fn(|at| digest[at]))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().map(Self).ok()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.0.iter().map(|(id, _)| id);
        f.debug_list().entries(ids).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: SecretLocation<'static> = SecretLocation {
        namespace: "orders",
        name: "stripe-key",
        version: 1,
    };

    fn ring(keys: &[u8]) -> KeyRing {
        let lines = keys.iter().map(|byte| BASE64.encode(&[*byte; KEY_BYTES]));
        KeyRing::parse(&lines.collect::<Vec<_>>().join("\n")).unwrap()
    }

    fn value(text: &str) -> SecretValue {
        SecretValue::parse(text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn a_key_is_32_bytes_in_base64_or_hex() {
        let hex = "AB".repeat(32);
        let base64 = BASE64.encode(&[0xab; 32]);
        let text = format!("# new\n{hex}\n\n  {base64} \n");
        let ring = KeyRing::parse(&text).unwrap();
        assert_eq!((ring.0.len(), ring.0[0].0), (2, ring.0[1].0));
        assert_eq!(KeyRing::parse("# none\n").unwrap_err(), KeyRingError::Empty);
        let short = KeyRing::parse(&format!("{hex}\nsecret")).unwrap_err();
        assert_eq!(short, KeyRingError::Line { line: 2 });
        let many = [hex.as_str(); MAX_KEYS + 1].join("\n");
        assert_eq!(KeyRing::parse(&many).unwrap_err(), KeyRingError::TooMany);
    }

    #[test]
    fn the_first_key_encrypts_and_every_key_decrypts() {
        let sealed = ring(&[1]).seal(HERE, &value("sk_live_1")).unwrap();
        let both = ring(&[2, 1]);
        assert_eq!(both.open(HERE, &sealed).unwrap().reveal(), "sk_live_1");
        assert_eq!(
            both.seal(HERE, &value("sk_live_1")).unwrap().key_id,
            both.first()
        );
        assert_ne!(both.first(), sealed.key_id);
    }

    #[test]
    fn a_key_that_is_missing_is_named_by_its_id() {
        let sealed = ring(&[1]).seal(HERE, &value("sk_live_1")).unwrap();
        let error = ring(&[2]).open(HERE, &sealed).unwrap_err().to_string();
        assert!(error.contains(&sealed.key_id.to_string()), "{error}");
        assert!(error.contains("orders/stripe-key"), "{error}");
    }

    #[test]
    fn what_is_moved_to_another_place_or_changed_does_not_open() {
        let keys = ring(&[1]);
        let sealed = keys.seal(HERE, &value("sk_live_1")).unwrap();
        let elsewhere = [
            SecretLocation {
                namespace: "other",
                ..HERE
            },
            SecretLocation {
                name: "mail-key",
                ..HERE
            },
            SecretLocation { version: 2, ..HERE },
        ];
        for place in elsewhere {
            assert!(matches!(
                keys.open(place, &sealed),
                Err(SecretError::Changed { .. })
            ));
        }
        let mut changed = sealed.clone();
        changed.ciphertext[0] ^= 1;
        assert!(matches!(
            keys.open(HERE, &changed),
            Err(SecretError::Changed { .. })
        ));
    }

    #[test]
    fn keys_are_not_printed() {
        let keys = ring(&[1]);
        assert_eq!(format!("{keys:?}"), format!("[{}]", keys.first()));
    }
}
