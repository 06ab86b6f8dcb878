//! The validity period of a token.

use super::{LEEWAY, MISSING, TokenError};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// The end of the last day that a time has four digits of a year for.
const MAX_TIME_S: f64 = 253_402_300_799.0;

/// Refuses a token that has expired or is not in force yet; when it expires. Its times are seconds, maybe with a
/// fraction, as RFC 7519 has them.
pub(super) fn check(
    claims: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, TokenError> {
    let now = now.timestamp() as f64;
    let leeway = LEEWAY.as_secs_f64();
    let expires = seconds(claims.get("exp").ok_or(TokenError::Invalid(MISSING))?)?;
    if expires < now - leeway {
        return Err(TokenError::Expired);
    }
    match claims.get("nbf").map(seconds).transpose()? {
        Some(begins) if begins > now + leeway => Err(TokenError::Invalid("it is not in force yet")),
        Some(_) | None => {
            let seconds = expires.min(MAX_TIME_S) as i64;
            Ok(DateTime::from_timestamp(seconds, 0).unwrap_or_default())
        }
    }
}

fn seconds(time: &Value) -> Result<f64, TokenError> {
    let seconds = time.as_f64().filter(|seconds| *seconds >= 0.0);
    seconds.ok_or(TokenError::Invalid("one of its times is none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 2_000_000_000;

    fn checked(claims: &str) -> Result<(), String> {
        let claims = serde_json::from_str(claims).unwrap();
        let now = DateTime::from_timestamp(NOW, 0).unwrap();
        let checked = check(&claims, now).map(|_| ());
        checked.map_err(|token_error| token_error.to_string())
    }

    #[test]
    fn a_token_holds_from_its_beginning_to_its_end_give_or_take_the_leeway() {
        for held in [
            r#"{"exp": 2000000001}"#,
            r#"{"exp": 1999999971}"#,
            r#"{"exp": 2000000000.75, "nbf": 2000000000.25}"#,
            r#"{"exp": 2e9, "nbf": 2000000029}"#,
        ] {
            assert_eq!(checked(held), Ok(()), "{held}");
        }
    }

    #[test]
    fn a_token_beyond_its_time_or_without_one_is_refused() {
        for (refused, why) in [
            (r#"{"exp": 1999999969}"#, "expired"),
            (r#"{"exp": 1999999969.5}"#, "expired"),
            (r#"{"exp": 2000000001, "nbf": 2000000031}"#, "in force"),
            (r#"{"nbf": 1}"#, "missing"),
            (r#"{"exp": "2000000001"}"#, "times"),
            (r#"{"exp": 2000000001, "nbf": null}"#, "times"),
            (r#"{"exp": -1}"#, "times"),
            (r#"{"exp": 1e999}"#, "times"),
        ] {
            let told = checked(refused).unwrap_err();
            assert!(told.contains(why), "{refused}: {told}");
        }
    }
}
