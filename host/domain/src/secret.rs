//! Values that only handlers with a grant may know.

use super::name::Name;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The shortest value, in bytes: a shorter one could not be distinguished from ordinary text, and would be
/// redacted of results that have nothing to do with it.
pub const MIN_SECRET_BYTES: usize = 6;
/// The longest value, in bytes.
pub const MAX_SECRET_BYTES: usize = 16 << 10;
/// How a placeholder begins.
pub const PLACEHOLDER_PREFIX: &str = "tasker-secret-";
/// Random bytes of a placeholder.
const PLACEHOLDER_BYTES: usize = 16;

/// The value of a secret. It is wiped from memory when it is dropped, and never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretValue(String);

/// Why a text cannot be a secret. The text itself is not part of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretValueError {
    #[error(
        "the value has {bytes} bytes; a secret has at least {MIN_SECRET_BYTES}, because a shorter one could not be redacted from logs and results"
    )]
    TooShort { bytes: usize },
    #[error(
        "the value has more than {MAX_SECRET_BYTES} bytes; keep large files elsewhere and the key to them here"
    )]
    TooLong,
    #[error("the value is not UTF-8 text; encode it, for example as base64")]
    NotText,
    #[error("the value contains a NUL character; encode it, for example as base64")]
    Nul,
}

impl SecretValue {
    /// The value as it was given, to the last byte.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, SecretValueError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.len() > MAX_SECRET_BYTES {
            return Err(SecretValueError::TooLong);
        }
        if bytes.len() < MIN_SECRET_BYTES {
            return Err(SecretValueError::TooShort { bytes: bytes.len() });
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| SecretValueError::NotText)?;
        if text.contains('\0') {
            return Err(SecretValueError::Nul);
        }
        Ok(Self(text.to_owned()))
    }

    /// The value in clear, for code that passes it on.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// The placeholder of a secret: opaque, and valid for one attempt.
pub fn placeholder(random: [u8; PLACEHOLDER_BYTES]) -> String {
    let hex = data_encoding::HEXLOWER.encode(&random);
    format!("{PLACEHOLDER_PREFIX}{hex}")
}

/// The text that replaces a redacted value.
pub fn redacted(name: &Name) -> String {
    format!("[secret {name}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<SecretValue, SecretValueError> {
        SecretValue::parse(text.as_bytes().to_vec())
    }

    #[test]
    fn a_value_is_text_within_bounds() {
        assert_eq!(parsed(" sk_1\n").unwrap().reveal(), " sk_1\n");
        assert!(parsed(&"x".repeat(MAX_SECRET_BYTES)).is_ok());
        let errors = [
            (parsed("12345"), SecretValueError::TooShort { bytes: 5 }),
            (parsed(&"x".repeat(20_000)), SecretValueError::TooLong),
            (parsed("abc\0def"), SecretValueError::Nul),
            (SecretValue::parse(vec![0xff; 9]), SecretValueError::NotText),
        ];
        for (parsed, error) in errors {
            assert_eq!(parsed.unwrap_err(), error);
        }
    }

    #[test]
    fn a_value_is_not_printed() {
        let value = parsed("correct horse").unwrap();
        assert_eq!(
            format!("{value:?} {value:#?}"),
            "SecretValue(…) SecretValue(…)"
        );
    }

    #[test]
    fn a_placeholder_is_a_token_that_fits_into_a_header() {
        let token = placeholder([0xab; 16]);
        assert_eq!(token, format!("tasker-secret-{}", "ab".repeat(16)));
    }
}
