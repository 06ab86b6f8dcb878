//! A JSON Web Key Set: the issuer's public keys, each with the algorithms that it may be used for.

use super::algorithm::JwtAlgorithm;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse, RSAKeyParameters,
    ThumbprintHash,
};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde::Deserialize;
use serde_json::Value;
use tasker_domain::byte_order_mark::without_mark_bytes;
use tasker_domain::digest::Digest;

/// The most keys of a set that are looked at.
const MAX_KEYS: usize = 100;

/// A shorter RSA modulus can be factored. In bytes.
const MIN_MODULUS_BYTES: usize = 256;

/// One key of the issuer.
#[derive(Clone, Debug)]
pub(super) struct IssuerKey {
    pub(super) key: DecodingKey,
    /// Of the issuer and of the key's thumbprint (RFC 7638), whatever the set calls the key.
    pub(super) digest: Digest,
    id: Option<String>,
    /// One at least.
    algorithms: Vec<Algorithm>,
}

/// The keys that can verify a signature; others of the set are left out.
#[derive(Debug)]
pub(super) struct KeySet(Vec<IssuerKey>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Fails where the text is not a key set; the set may be without a key that is of use.
    pub(super) fn parse(
        text: &[u8],
        issuer: &str,
        allowed: &[JwtAlgorithm],
    ) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_slice(without_mark_bytes(text))?;
        let keys = document.keys.into_iter().take(MAX_KEYS);
        let keys = keys.filter_map(|key| usable(key, issuer, allowed));
        Ok(Self(keys.collect()))
    }

    /// True if a key with this digest is among them.
    pub(super) fn has(&self, digest: &Digest) -> bool {
        self.0.iter().any(|key| key.digest == *digest)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key that a token names and that may be used with its algorithm. A token may leave out the
    /// name where there is one key only.
    pub(super) fn find(&self, header: &Header) -> Option<IssuerKey> {
        let is_named = |key: &&IssuerKey| match &header.kid {
            Some(id) => key.id.as_ref() == Some(id),
            None => self.0.len() == 1,
        };
        let mut named = self.0.iter().filter(is_named);
        named
            .find(|key| key.algorithms.contains(&header.alg))
            .cloned()
    }
}

/// Sets have keys for encryption too, and of kinds that came later.
fn usable(key: Value, issuer: &str, allowed: &[JwtAlgorithm]) -> Option<IssuerKey> {
    let jwk: Jwk = serde_json::from_value(key).ok()?;
    let algorithms = allowed.iter().map(|algorithm| algorithm.algorithm());
    let algorithms: Vec<_> = algorithms
        .filter(|algorithm| verifies(&jwk, *algorithm))
        .collect();
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    if algorithms.is_empty() {
        return None;
    }
    let thumbprint = jwk.thumbprint(ThumbprintHash::SHA256);
    Some(IssuerKey {
        key,
        digest: Digest::of(format!("{issuer}\n{thumbprint}").as_bytes()),
        id: jwk.common.key_id,
        algorithms,
    })
}

fn verifies(jwk: &Jwk, algorithm: Algorithm) -> bool {
    let common = &jwk.common;
    let is_for_signatures = common
        .public_key_use
        .as_ref()
        .is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let may_verify = common
        .key_operations
        .as_ref()
        .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
    let is_named = common
        .key_algorithm
        .is_none_or(|named| format!("{named:?}") == format!("{algorithm:?}"));
    is_for_signatures && may_verify && is_named && fits(&jwk.algorithm, algorithm)
}

fn fits(parameters: &AlgorithmParameters, algorithm: Algorithm) -> bool {
    match parameters {
        AlgorithmParameters::RSA(rsa) => is_rsa(algorithm) && is_long_enough(rsa),
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => algorithm == Algorithm::ES256,
            EllipticCurve::P384 => algorithm == Algorithm::ES384,
            EllipticCurve::P521 | EllipticCurve::Ed25519 => false,
        },
        AlgorithmParameters::OctetKeyPair(key) => {
            key.curve == EllipticCurve::Ed25519 && algorithm == Algorithm::EdDSA
        }
        // A secret in a set of public keys is no secret.
        AlgorithmParameters::OctetKey(_) => false,
    }
}

fn is_rsa(algorithm: Algorithm) -> bool {
    jsonwebtoken::AlgorithmFamily::Rsa
        .algorithms()
        .contains(&algorithm)
}

fn is_long_enough(rsa: &RSAKeyParameters) -> bool {
    let modulus = data_encoding::BASE64URL_NOPAD.decode(rsa.n.as_bytes());
    modulus.is_ok_and(|bytes| {
        let leading_zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes.len() - leading_zeros >= MIN_MODULUS_BYTES
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ISSUER: &str = "https://id.example.com";

    fn found(key: Value, allowed: &[JwtAlgorithm], header: &Header) -> bool {
        let set = json!({"keys": [key]}).to_string();
        let set = KeySet::parse(set.as_bytes(), ISSUER, allowed).unwrap();
        set.find(header).is_some()
    }

    fn rsa(bytes: usize) -> Value {
        let modulus = data_encoding::BASE64URL_NOPAD.encode(&vec![0xc3; bytes]);
        json!({"kty": "RSA", "kid": "a", "n": modulus, "e": "AQAB"})
    }

    fn header(algorithm: Algorithm, id: Option<&str>) -> Header {
        let mut header = Header::new(algorithm);
        header.kid = id.map(str::to_owned);
        header
    }

    #[test]
    fn a_key_counts_with_the_algorithms_that_both_sides_name() {
        let rs256 = header(Algorithm::RS256, Some("a"));
        let allowed = JwtAlgorithm::DEFAULT;
        assert!(found(rsa(256), &allowed, &rs256));
        assert!(!found(rsa(256), &[JwtAlgorithm::Ps256], &rs256));
        for (member, value, counts) in [
            ("alg", "RS256", true),
            ("alg", "RS384", false),
            ("alg", "RSA-OAEP", false),
            ("use", "sig", true),
            ("use", "enc", false),
        ] {
            let mut key = rsa(256);
            key[member] = json!(value);
            assert_eq!(found(key, &allowed, &rs256), counts, "{member} {value}");
        }
        let mut key = rsa(256);
        key["key_ops"] = json!(["sign"]);
        assert!(!found(key, &allowed, &rs256));
    }

    #[test]
    fn a_short_modulus_and_a_secret_do_not_count() {
        let rs256 = header(Algorithm::RS256, Some("a"));
        assert!(!found(rsa(255), &JwtAlgorithm::DEFAULT, &rs256));
        let secret = json!({"kty": "oct", "kid": "a", "k": "c2VjcmV0"});
        for algorithm in [Algorithm::HS256, Algorithm::RS256] {
            let header = header(algorithm, Some("a"));
            assert!(!found(secret.clone(), &JwtAlgorithm::DEFAULT, &header));
        }
    }

    #[test]
    fn a_token_may_leave_out_the_key_where_there_is_one() {
        let unnamed = header(Algorithm::RS256, None);
        let two = json!({"keys": [rsa(256), rsa(257)]}).to_string();
        let two = KeySet::parse(two.as_bytes(), ISSUER, &JwtAlgorithm::DEFAULT).unwrap();
        assert!(two.find(&unnamed).is_none());
        assert!(found(rsa(256), &JwtAlgorithm::DEFAULT, &unnamed));
    }

    #[test]
    fn a_key_is_known_by_its_issuer_and_its_own_numbers() {
        let digest = |key: Value, issuer: &str| {
            let set = json!({"keys": [key]}).to_string();
            let set = KeySet::parse(set.as_bytes(), issuer, &JwtAlgorithm::DEFAULT).unwrap();
            set.0[0].digest
        };
        let mut renamed = rsa(256);
        renamed["kid"] = json!("b");
        let known = digest(rsa(256), ISSUER);
        assert_eq!(digest(renamed, ISSUER), known);
        assert_ne!(digest(rsa(257), ISSUER), known);
        assert_ne!(digest(rsa(256), "https://other.example.com"), known);
    }

    #[test]
    fn what_is_not_understood_is_left_out_and_what_is_no_set_is_refused() {
        let odd = json!({"keys": [{"kty": "AKP"}, 7, {"kty": "OKP", "crv": "X25519", "x": "AA"}, rsa(256)]});
        let set =
            KeySet::parse(odd.to_string().as_bytes(), ISSUER, &JwtAlgorithm::DEFAULT).unwrap();
        assert_eq!(set.0.len(), 1);
        for wrong in ["", "[]", "{}", r#"{"keys": {}}"#] {
            assert!(KeySet::parse(wrong.as_bytes(), ISSUER, &JwtAlgorithm::DEFAULT).is_err());
        }
    }
}
