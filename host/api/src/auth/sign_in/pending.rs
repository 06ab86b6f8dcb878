//! A sign-in that has begun: what of it the browser keeps, and what is computed from that.

use super::return_path::ReturnPath;
use crate::auth::browser_session::cookie;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tasker_domain::digest::Digest;

/// How long a sign-in may take, in seconds: people look for their second factor.
const MAX_AGE_S: i64 = 10 * 60;

/// How far the clock of the host that finishes may be behind that of the one that began, in seconds.
const LEEWAY_S: i64 = 30;

/// The name of the cookie where a browser sends it over TLS only, and to this very host: none of the same domain can
/// have put it there.
const PROTECTED_NAME: &str = "__Host-tasker_sign_in";

/// The name of the cookie on this machine without TLS.
const NAME: &str = "tasker_sign_in";

/// Random bytes of a sign-in.
const SECRET_BYTES: usize = 32;

/// A sign-in that has begun.
pub(crate) struct Pending {
    secret: [u8; SECRET_BYTES],
    /// Seconds since 1970.
    begun_at: i64,
    return_to: ReturnPath,
}

/// The cookie of a request; it has no debug form, so that it gets into no message.
#[derive(Clone)]
pub(crate) struct SignInCookie {
    value: String,
    is_protected: bool,
}

impl SignInCookie {
    /// The one among the cookies of a request.
    pub(crate) fn among(headers: &HeaderMap) -> Option<Self> {
        let named = |name, is_protected| {
            let value = cookie(headers, name)?.to_owned();
            Some(Self {
                value,
                is_protected,
            })
        };
        named(PROTECTED_NAME, true).or_else(|| named(NAME, false))
    }

    /// The sign-in, if it is one of this host and in its time.
    pub(super) fn pending(&self, is_over_tls: bool, now: DateTime<Utc>) -> Option<Pending> {
        if self.is_protected != is_over_tls {
            return None;
        }
        let mut parts = self.value.split('.');
        let decoded = |part: Option<&str>| BASE64URL_NOPAD.decode(part?.as_bytes()).ok();
        let secret = decoded(parts.next())?.try_into().ok()?;
        let begun_at: i64 = parts.next()?.parse().ok()?;
        let return_to = String::from_utf8(decoded(parts.next())?).ok()?;
        let age = now.timestamp().checked_sub(begun_at)?;
        let is_in_time = (-LEEWAY_S..=MAX_AGE_S).contains(&age) && parts.next().is_none();
        is_in_time.then_some(Pending {
            secret,
            begun_at,
            return_to: return_to.parse().ok()?,
        })
    }
}

impl Pending {
    /// Of the system's random bytes.
    pub(super) fn begin(
        return_to: ReturnPath,
        now: DateTime<Utc>,
    ) -> Result<Self, getrandom::Error> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret)?;
        Ok(Self {
            secret,
            begun_at: now.timestamp(),
            return_to,
        })
    }

    /// The page to show afterwards.
    pub(crate) fn return_to(&self) -> &ReturnPath {
        &self.return_to
    }

    /// The header `Set-Cookie`. A browser sends it along when the provider sends it back (`SameSite=Lax`).
    pub(super) fn cookie(&self, is_over_tls: bool) -> String {
        let secret = BASE64URL_NOPAD.encode(&self.secret);
        let return_to = BASE64URL_NOPAD.encode(self.return_to.as_str().as_bytes());
        let value = format!("{secret}.{}.{return_to}", self.begun_at);
        set_cookie(&value, MAX_AGE_S, is_over_tls)
    }

    pub(super) fn state(&self) -> String {
        self.derived("state")
    }

    /// True of the state that this sign-in began with.
    pub(super) fn is_of(&self, state: &str) -> bool {
        self.state().as_bytes().ct_eq(state.as_bytes()).into()
    }

    pub(super) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// What PKCE shows at the end; nobody but the browser and the host has seen it before.
    pub(super) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// What PKCE shows at the beginning.
    pub(super) fn challenge(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.verifier()))
    }

    /// What a finished sign-in is known by.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(self.derived("finished").as_bytes())
    }

    /// It covers all that the cookie holds, so that none of it can be exchanged.
    fn derived(&self, purpose: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(&self.secret);
        let mut mac = mac.expect("HMAC takes keys of any length");
        let (begun_at, return_to) = (self.begun_at, self.return_to.as_str());
        mac.update(format!("{purpose}\n{begun_at}\n{return_to}").as_bytes());
        BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
    }
}

/// The header `Set-Cookie` that ends a sign-in.
pub(super) fn no_cookie(is_over_tls: bool) -> String {
    set_cookie("", 0, is_over_tls)
}

fn set_cookie(value: &str, seconds: i64, is_over_tls: bool) -> String {
    let (name, secure) = match is_over_tls {
        true => (PROTECTED_NAME, "; Secure"),
        false => (NAME, ""),
    };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use axum::http::header::COOKIE;

    fn begun(seconds: i64) -> Pending {
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        Pending::begin("/tasks?a=b".parse().unwrap(), at).unwrap()
    }

    fn sent(cookie: &str) -> SignInCookie {
        let pair = cookie.split(';').next().unwrap();
        let value = HeaderValue::from_str(&format!("a=b; {pair}")).unwrap();
        SignInCookie::among(&HeaderMap::from_iter([(COOKIE, value)])).unwrap()
    }

    fn shown(cookie: &str, is_over_tls: bool, seconds: i64) -> Option<Pending> {
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        sent(cookie).pending(is_over_tls, now)
    }

    #[test]
    fn what_a_browser_shows_again_is_the_sign_in_that_it_began() {
        let pending = begun(1_000);
        let again = shown(&pending.cookie(false), false, 1_060).unwrap();
        assert!(again.is_of(&pending.state()));
        assert_eq!(again.nonce(), pending.nonce());
        assert_eq!(again.verifier(), pending.verifier());
        assert_eq!(again.digest(), pending.digest());
        assert_eq!(again.return_to().as_str(), "/tasks?a=b");
        assert!(!again.is_of(&begun(1_000).state()));
    }

    #[test]
    fn nothing_of_the_cookie_can_be_exchanged() {
        let pending = begun(1_000);
        let cookie = pending.cookie(false);
        let path = |path: &str| BASE64URL_NOPAD.encode(path.as_bytes());
        for (from, to) in [
            (path("/tasks?a=b"), path("/pins")),
            (".1000.".to_owned(), ".1001.".to_owned()),
        ] {
            let changed = cookie.replace(&from, &to);
            assert_ne!(changed, cookie);
            let changed = shown(&changed, false, 1_060).unwrap();
            assert!(!changed.is_of(&pending.state()));
        }
        let foreign = cookie.replace(&path("/tasks?a=b"), &path("//evil.example.com"));
        assert!(shown(&foreign, false, 1_060).is_none());
    }

    #[test]
    fn a_sign_in_has_its_time_and_none_is_taken_that_came_without_tls_where_there_is_tls() {
        let plain = begun(1_000).cookie(false);
        for (now, holds) in [(969, false), (970, true), (1_600, true), (1_601, false)] {
            assert_eq!(shown(&plain, false, now).is_some(), holds, "{now}");
        }
        assert!(shown(&plain, true, 1_000).is_none());
        let protected = begun(1_000).cookie(true);
        assert!(protected.starts_with("__Host-") && protected.ends_with("; SameSite=Lax; Secure"));
        assert!(shown(&protected, true, 1_000).is_some());
        assert!(shown(&format!("{NAME}=a.b"), false, 1_000).is_none());
    }

    #[test]
    fn what_is_shown_to_the_provider_says_nothing_of_the_rest() {
        let pending = begun(1_000);
        let all = [
            pending.state(),
            pending.nonce(),
            pending.verifier(),
            pending.challenge(),
        ];
        for (index, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 43);
            assert!(all.iter().skip(index + 1).all(|other| other != one));
        }
    }
}
