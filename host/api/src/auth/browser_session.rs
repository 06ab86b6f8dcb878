//! The cookie of a browser's session, and who may use it.
//!
//! A script of a page cannot read it (`HttpOnly`), and a browser does not send it with what another site began
//! (`SameSite=Strict`). Ports of one machine are one site to a browser, so what changes something has to come from the
//! same origin besides.

use axum::extract::Request;
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Uri};
use data_encoding::BASE64URL_NOPAD;
use std::time::Duration;
use tasker_domain::digest::Digest;

/// The longest that a session lasts.
pub(crate) const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// The name of the cookie.
pub(crate) const NAME: &str = "tasker_session";

/// Random bytes of its value.
const TOKEN_BYTES: usize = 32;

/// From where a request comes, as browsers say it on trustworthy connections (Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The value of the cookie; it has no debug form, so that it gets into no message.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionToken(String);

impl SessionToken {
    /// Of the system's random bytes.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(BASE64URL_NOPAD.encode(&bytes)))
    }

    /// The one among the cookies of a request, if it has the form of one.
    pub(super) fn among(headers: &HeaderMap) -> Option<Self> {
        let value = cookie(headers, NAME)?;
        let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        (bytes.len() == TOKEN_BYTES).then(|| Self(value.to_owned()))
    }

    /// What is stored of it.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// The header `Set-Cookie` that gives it to a browser, for so many seconds; one over TLS sends it over TLS only.
    pub(crate) fn cookie(&self, seconds: i64, is_over_tls: bool) -> String {
        set_cookie(&self.0, seconds, is_over_tls)
    }
}

/// The value of a cookie of a request.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let texts = headers.get_all(COOKIE).into_iter();
    let cookies = texts.filter_map(|text| text.to_str().ok());
    let mut named = cookies
        .flat_map(|text| text.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter_map(|(name, value)| (name == wanted).then_some(value));
    named.next()
}

/// The header `Set-Cookie` that takes it away from a browser.
pub(crate) fn no_cookie(is_over_tls: bool) -> String {
    set_cookie("", 0, is_over_tls)
}

/// Whether the page that sent the request came over TLS, be it from a proxy.
pub(crate) fn is_over_tls(request: &HeaderMap) -> bool {
    let origin = request.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| origin.starts_with("https://"))
}

fn set_cookie(value: &str, seconds: i64, is_over_tls: bool) -> String {
    let secure = match is_over_tls {
        true => "; Secure",
        false => "",
    };
    format!("{NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// Whether a page of this host sent the request. Where the browser does not say so itself, its origin has to be the
/// host that it asks.
pub(super) fn is_of_same_origin(request: &Request) -> bool {
    let headers = request.headers();
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return site == "same-origin";
    }
    let asked = text(&HOST).or(request.uri().authority().map(|it| it.as_str()));
    let origin = text(&ORIGIN).and_then(|origin| origin.parse::<Uri>().ok());
    let origin = origin.as_ref().and_then(Uri::authority);
    match (origin, asked) {
        (Some(origin), Some(asked)) => origin.as_str().eq_ignore_ascii_case(asked),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut request = axum::http::Request::post("/v1/tasks");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn a_cookie_is_found_among_others_and_is_what_was_given() {
        let token = SessionToken::random().unwrap();
        let given = token.cookie(60, false);
        let pair = given.split(';').next().unwrap();
        let sent = request(&[("cookie", &format!("a=b; {pair}; c"))]);
        assert!(SessionToken::among(sent.headers()) == Some(token));
        let wrong = request(&[("cookie", "tasker_session=short; x=y")]);
        assert!(SessionToken::among(wrong.headers()).is_none());
    }

    #[test]
    fn a_cookie_for_a_page_over_tls_is_sent_over_tls_only() {
        let plain = request(&[("origin", "http://localhost:8765")]);
        let tls = request(&[("origin", "https://tasker.example.com")]);
        assert!(!no_cookie(is_over_tls(plain.headers())).contains("Secure"));
        assert!(no_cookie(is_over_tls(tls.headers())).ends_with("; Secure"));
    }

    #[test]
    fn a_page_of_another_origin_is_told_from_one_of_the_host() {
        let host = ("host", "localhost:8765");
        for own in [
            vec![host, ("sec-fetch-site", "same-origin")],
            vec![host, ("origin", "http://LOCALHOST:8765")],
        ] {
            assert!(is_of_same_origin(&request(&own)), "{own:?}");
        }
        for other in [
            vec![host],
            vec![
                host,
                ("sec-fetch-site", "same-site"),
                ("origin", "http://localhost:8765"),
            ],
            vec![host, ("sec-fetch-site", "cross-site")],
            vec![host, ("origin", "http://localhost:9000")],
            vec![host, ("origin", "null")],
        ] {
            assert!(!is_of_same_origin(&request(&other)), "{other:?}");
        }
    }
}
