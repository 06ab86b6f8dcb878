//! Signatures of deliveries, as Standard Webhooks has them.

use data_encoding::{BASE64, BASE64_NOPAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tasker_domain::secret::SecretValue;
use zeroize::Zeroizing;

/// How secrets begin whose rest is the key in base64.
const SECRET_PREFIX: &str = "whsec_";

/// The signatures by these secrets, with spaces between them, as the header `webhook-signature` has them.
pub(crate) fn signatures(secrets: &[SecretValue], id: &str, timestamp: i64, body: &[u8]) -> String {
    let of = |secret| signature(secret, id, timestamp, body);
    let signatures: Vec<String> = secrets.iter().map(of).collect();
    signatures.join(" ")
}

fn signature(secret: &SecretValue, id: &str, timestamp: i64, body: &[u8]) -> String {
    let key = key(secret);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

/// With the prefix, what is behind it in base64; else the bytes of the secret.
fn key(secret: &SecretValue) -> Zeroizing<Vec<u8>> {
    let text = secret.reveal();
    let encoded = text.strip_prefix(SECRET_PREFIX).map(str::trim_end);
    let decoded = encoded.and_then(|encoded| {
        let encoded = encoded.trim_end_matches('=');
        BASE64_NOPAD.decode(encoded.as_bytes()).ok()
    });
    Zeroizing::new(decoded.unwrap_or_else(|| text.as_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_standard_webhooks_has_the_signature_that_it_says() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let secret = SecretValue::parse(secret.as_bytes().to_vec()).unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
        let signed = signatures(std::slice::from_ref(&secret), id, 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = signatures(&[secret.clone(), secret], id, 1_614_265_330, body);
        assert_eq!(both, format!("{signed} {signed}"));
    }

    #[test]
    fn a_secret_without_the_prefix_is_the_key_itself() {
        let secret = SecretValue::parse(b"some secret".to_vec()).unwrap();
        assert_eq!(key(&secret).as_slice(), b"some secret");
    }
}
