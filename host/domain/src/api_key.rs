//! API keys: `tk_<8 hex digits>_<32 random bytes in base64url>`.

use super::digest::Digest;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use std::fmt;
use std::str::FromStr;

/// Random bytes of the public part.
pub const PREFIX_BYTES: usize = 4;
/// Random bytes of the secret part.
pub const SECRET_BYTES: usize = 32;

/// What every key begins with.
pub const HEAD: &str = "tk_";

/// A key as its holder has it. Only its public part is ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    prefix: String,
    secret: String,
}

/// A text that is not an API key; the text is not repeated, since it may be a secret all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an API key; one looks like `tk_1a2b3c4d_…` and has 55 characters")]
pub struct ApiKeyError;

impl ApiKey {
    /// The key of these bytes, which have to be random.
    pub fn of(prefix: [u8; PREFIX_BYTES], secret: [u8; SECRET_BYTES]) -> Self {
        Self {
            prefix: HEXLOWER.encode(&prefix),
            secret: BASE64URL_NOPAD.encode(&secret),
        }
    }

    /// The public part, under which the key is stored.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What is stored of the secret part.
    pub fn secret_digest(&self) -> Digest {
        Digest::of(self.secret.as_bytes())
    }

    /// The whole key, for its holder's eyes.
    pub fn reveal(&self) -> String {
        format!("{HEAD}{}_{}", self.prefix, self.secret)
    }
}

impl FromStr for ApiKey {
    type Err = ApiKeyError;

    fn from_str(text: &str) -> Result<Self, ApiKeyError> {
        let parts = text
            .strip_prefix(HEAD)
            .and_then(|rest| rest.split_once('_'));
        let (prefix, secret) = parts.ok_or(ApiKeyError)?;
        let is_whole = HEXLOWER
            .decode(prefix.as_bytes())
            .is_ok_and(|bytes| bytes.len() == PREFIX_BYTES)
            && BASE64URL_NOPAD
                .decode(secret.as_bytes())
                .is_ok_and(|bytes| bytes.len() == SECRET_BYTES);
        let key = || Self {
            prefix: prefix.to_owned(),
            secret: secret.to_owned(),
        };
        is_whole.then(key).ok_or(ApiKeyError)
    }
}

/// Without the secret part.
impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEAD}{}_…", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ApiKey {
        ApiKey::of([0x1a, 0x2b, 0x3c, 0x4d], [7; SECRET_BYTES])
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let text = key().reveal();
        assert_eq!((text.len(), &text[..12]), (55, "tk_1a2b3c4d_"));
        assert_eq!(text.parse(), Ok(key()));
    }

    #[test]
    fn its_debug_form_keeps_the_secret() {
        assert_eq!(format!("{:?}", key()), "tk_1a2b3c4d_…");
    }

    #[test]
    fn what_is_cut_or_changed_is_no_key() {
        let whole = key().reveal();
        let upper = whole.replace("1a2b", "1A2B");
        for wrong in [
            "",
            "tk__",
            &whole[..54],
            &whole[3..],
            &upper,
            &format!("{whole}A"),
        ] {
            assert_eq!(wrong.parse::<ApiKey>(), Err(ApiKeyError), "{wrong}");
        }
    }
}
