//! Puts secrets in the place of their placeholders, on the way out and nowhere else.

use super::Refused;
use crate::attempt_secrets::{AttemptSecret, AttemptSecrets};
use data_encoding::BASE64;
use http::HeaderValue;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt as _, Limited};
use std::sync::Arc;
use tasker_domain::capability::SecretRule;
use tasker_domain::grants::Grants;
use tasker_domain::name::Name;
use tasker_domain::secret::PLACEHOLDER_PREFIX;
use wasmtime_wasi_http::WasiBody;
use zeroize::Zeroizing;

/// The largest body that is searched for placeholders, in bytes.
const MAX_BODY_BYTES: usize = 64 << 10;
/// How the value of a header begins that carries base64.
const BASIC: &[u8] = b"Basic ";

/// The encoding of a text at its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    Plain,
    Json,
    Form,
}

/// Which secrets one request may carry, and where it goes.
pub(super) struct PlaceholderFiller {
    attempt_secrets: AttemptSecrets,
    allowed: Vec<Name>,
    host: String,
}

/// Why a placeholder could not be replaced.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FillError {
    #[error(
        "HTTP request refused: secret `{name}` may not be sent to `{host}`; an operator can add the host to the grant of the secret"
    )]
    Host { name: Name, host: String },
    #[error("HTTP request refused: secret `{name}` has characters that a header cannot carry")]
    Header { name: Name },
    #[error("HTTP request refused: its body does not have the length in its `content-length`")]
    Body,
}

impl PlaceholderFiller {
    /// For a request to this host, as a URL names it.
    pub(super) fn of(attempt_secrets: &AttemptSecrets, grants: &Grants, host: &str) -> Self {
        let reaches = |rule: &&SecretRule| {
            rule.hosts.is_empty() || rule.hosts.iter().any(|pattern| pattern.matches(host))
        };
        let allowed = grants.secrets.iter().filter(reaches);
        Self {
            attempt_secrets: attempt_secrets.clone(),
            allowed: allowed.map(|rule| rule.name.clone()).collect(),
            host: host.to_owned(),
        }
    }

    /// Replaces placeholders in the values of headers, also within those of basic authentication.
    pub(super) fn headers(&self, headers: &mut http::HeaderMap) -> Result<(), FillError> {
        for value in headers.values_mut() {
            if let Some(filled) = self.header(value)? {
                *value = filled;
            }
        }
        Ok(())
    }

    fn header(&self, value: &HeaderValue) -> Result<Option<HeaderValue>, FillError> {
        let bytes = value.as_bytes();
        let credentials = bytes
            .strip_prefix(BASIC)
            .and_then(|encoded| BASE64.decode(encoded.trim_ascii()).ok());
        let (secrets, filled) = match credentials {
            Some(clear) => {
                let secrets = self.with_placeholder_in(&clear)?;
                let filled = fill(&clear, &secrets, Writing::Plain);
                let encoded = Zeroizing::new(BASE64.encode(&filled));
                (
                    secrets,
                    Zeroizing::new([BASIC, encoded.as_bytes()].concat()),
                )
            }
            None => {
                let secrets = self.with_placeholder_in(bytes)?;
                let filled = fill(bytes, &secrets, Writing::Plain);
                (secrets, filled)
            }
        };
        let Some(first) = secrets.first() else {
            return Ok(None);
        };
        let mut value = HeaderValue::from_bytes(&filled).map_err(|_| FillError::Header {
            name: first.name.clone(),
        })?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    /// Replaces placeholders in a small form or JSON of known length; any other body passes as it
    /// is.
    pub(super) async fn body(
        &self,
        request: http::Request<WasiBody>,
    ) -> Result<http::Request<WasiBody>, FillError> {
        let (mut head, body) = request.into_parts();
        let Some(writing) = searched(&head.headers) else {
            return Ok(http::Request::from_parts(head, body));
        };
        let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
        let bytes = collected.map_err(|_| FillError::Body)?.to_bytes();
        let secrets = self.with_placeholder_in(&bytes)?;
        // What goes into the body has to leave this hand, so that it cannot be wiped.
        let filled = match secrets.is_empty() {
            true => bytes,
            false => fill(&bytes, &secrets, writing).to_vec().into(),
        };
        head.headers.insert(CONTENT_LENGTH, filled.len().into());
        let body = http_body_util::Full::new(filled).map_err(|never| match never {});
        Ok(http::Request::from_parts(head, body.boxed_unsync()))
    }

    /// The secrets whose placeholders occur in the text, if all of them may be sent.
    fn with_placeholder_in(&self, text: &[u8]) -> Result<Vec<Arc<AttemptSecret>>, FillError> {
        let prefix = PLACEHOLDER_PREFIX.as_bytes();
        if !text.windows(prefix.len()).any(|window| window == prefix) {
            return Ok(Vec::new());
        }
        let secrets = self.attempt_secrets.with_placeholder_in(text);
        match secrets
            .iter()
            .find(|secret| !self.allowed.contains(&secret.name))
        {
            Some(secret) => Err(FillError::Host {
                name: secret.name.clone(),
                host: self.host.clone(),
            }),
            None => Ok(secrets),
        }
    }
}

impl From<FillError> for Refused {
    fn from(error: FillError) -> Self {
        Self::Secret(error)
    }
}

/// How the body is written, where it is one that is searched.
fn searched(headers: &http::HeaderMap) -> Option<Writing> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let bytes: usize = text(CONTENT_LENGTH)?.parse().ok()?;
    let media_type = text(CONTENT_TYPE)?
        .split(';')
        .next()?
        .trim()
        .to_ascii_lowercase();
    let writing = match media_type.as_str() {
        "application/json" => Writing::Json,
        "application/x-www-form-urlencoded" => Writing::Form,
        other if other.starts_with("application/") && other.ends_with("+json") => Writing::Json,
        _ => return None,
    };
    (bytes <= MAX_BODY_BYTES).then_some(writing)
}

fn fill(text: &[u8], secrets: &[Arc<AttemptSecret>], writing: Writing) -> Zeroizing<Vec<u8>> {
    let mut filled = Zeroizing::new(text.to_vec());
    for secret in secrets {
        let value = written(secret.value.reveal(), writing);
        filled = replaced(&filled, secret.placeholder.as_bytes(), value.as_bytes());
    }
    filled
}

fn written(value: &str, writing: Writing) -> Zeroizing<String> {
    let text = match writing {
        Writing::Plain => value.to_owned(),
        Writing::Json => {
            let quoted = Zeroizing::new(serde_json::Value::from(value).to_string());
            quoted[1..quoted.len() - 1].to_owned()
        }
        Writing::Form => value.bytes().map(form_byte).collect(),
    };
    Zeroizing::new(text)
}

fn form_byte(byte: u8) -> String {
    match byte {
        b'*' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    }
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut filled = Zeroizing::new(Vec::with_capacity(text.len() + to.len()));
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(from) {
            filled.extend_from_slice(to);
            at += from.len();
        } else {
            filled.push(text[at]);
            at += 1;
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use tasker_domain::secret::SecretValue;

    /// One secret, its placeholder, and a request to `api.example.com`.
    fn filler(value: &str, hosts: &[&str]) -> (PlaceholderFiller, String) {
        let attempt_secrets = AttemptSecrets::default();
        let name: Name = "key".parse().unwrap();
        let value = SecretValue::parse(value.as_bytes().to_vec()).unwrap();
        let placeholder = attempt_secrets.add(&name, value).placeholder.clone();
        let hosts = hosts.iter().map(|host| host.parse().unwrap()).collect();
        let rule = SecretRule {
            name,
            clear: false,
            hosts,
        };
        let grants = Grants {
            secrets: vec![rule],
            ..Grants::default()
        };
        let filler = PlaceholderFiller::of(&attempt_secrets, &grants, "api.example.com");
        (filler, placeholder)
    }

    fn header(filler: &PlaceholderFiller, value: &str) -> Result<String, FillError> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", value.parse().unwrap());
        filler.headers(&mut headers)?;
        let value = &headers["authorization"];
        Ok(value.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_placeholder_in_a_header_is_replaced_for_the_hosts_of_its_grant() {
        let (filler, token) = filler("sk_live_1", &["api.example.com"]);
        let filled = header(&filler, &format!("Bearer {token}, {token}")).unwrap();
        assert_eq!(filled, "Bearer sk_live_1, sk_live_1");
        assert_eq!(header(&filler, "Bearer other").unwrap(), "Bearer other");
    }

    #[test]
    fn a_placeholder_is_found_in_basic_credentials() {
        let (filler, token) = filler("sk_live_1", &[]);
        let basic = format!("Basic {}", BASE64.encode(format!("{token}:").as_bytes()));
        let filled = header(&filler, &basic).unwrap();
        assert_eq!(filled, format!("Basic {}", BASE64.encode(b"sk_live_1:")));
        let other = format!("Basic {}", BASE64.encode(b"ada:lovelace"));
        assert_eq!(header(&filler, &other).unwrap(), other);
    }

    #[test]
    fn another_host_is_refused_with_the_name_of_the_secret() {
        let (filler, token) = filler("sk_live_1", &["api.other.example"]);
        let refused = header(&filler, &token).unwrap_err().to_string();
        assert!(
            refused.contains("secret `key` may not be sent to `api.example.com`"),
            "{refused}"
        );
        assert_eq!(header(&filler, "Bearer x").unwrap(), "Bearer x");
    }

    #[test]
    fn a_value_that_no_header_carries_is_refused() {
        let (filler, token) = filler("line\nline", &[]);
        assert!(matches!(
            header(&filler, &token),
            Err(FillError::Header { .. })
        ));
    }

    #[test]
    fn a_value_is_written_as_its_place_demands() {
        assert_eq!(*written("a \"b\"&ü", Writing::Json), "a \\\"b\\\"&ü");
        assert_eq!(*written("a \"b\"&ü", Writing::Form), "a+%22b%22%26%C3%BC");
    }

    #[test]
    fn only_small_forms_and_json_of_known_length_are_searched() {
        let of = |media_type: &str, bytes: Option<usize>| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, media_type.parse().unwrap());
            headers.extend(bytes.map(|bytes| (CONTENT_LENGTH, bytes.into())));
            searched(&headers)
        };
        assert_eq!(
            of("application/json; charset=utf-8", Some(9)),
            Some(Writing::Json)
        );
        assert_eq!(of("application/problem+json", Some(9)), Some(Writing::Json));
        assert_eq!(
            of("application/x-www-form-urlencoded", Some(9)),
            Some(Writing::Form)
        );
        assert_eq!(of("application/json", None), None);
        assert_eq!(of("application/json", Some(MAX_BODY_BYTES + 1)), None);
        assert_eq!(of("text/plain", Some(9)), None);
    }
}
