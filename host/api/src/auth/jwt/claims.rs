//! What a token permits its caller.

use super::{IdTokenWanted, TokenError};
use crate::access::Access;
use crate::auth_error::{ACTOR_PREFIX, ClaimsError};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use tasker_domain::actor::Actor;
use tasker_domain::permission::{MAX_PERMISSIONS, Permission, Permissions};

/// One entry of the claim, as `key ls` writes it or as `POST /v1/keys` takes it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Text(String),
    Whole(Permission),
}

/// Who shows these claims. A token without the claim permits nothing.
pub(super) fn access(claims: &Map<String, Value>, claim: &str) -> Result<Access, ClaimsError> {
    let actor = actor(claims)?;
    let permissions = match claims.get(claim) {
        Some(listed) => permissions(listed, claim)?,
        None => Permissions::default(),
    };
    Ok(Access::of(actor, Arc::new(permissions)))
}

/// Refuses a token that is of another sign-in or for another client. Its issuer, audience, signature and times have been
/// checked.
pub(super) fn check_id_token(
    claims: &Map<String, Value>,
    wanted: IdTokenWanted<'_>,
) -> Result<(), TokenError> {
    let nonce = claims.get("nonce").and_then(Value::as_str).unwrap_or("");
    if !bool::from(nonce.as_bytes().ct_eq(wanted.nonce.as_bytes())) {
        return Err(TokenError::Invalid("it belongs to another sign-in"));
    }
    let has_others = claims
        .get("aud")
        .and_then(Value::as_array)
        .is_some_and(|audiences| audiences.len() > 1);
    match claims.get("azp") {
        None if has_others => Err(TokenError::Invalid(
            "it is for others too, and does not name whom it was given to",
        )),
        Some(given) if given.as_str() != Some(wanted.client_id) => {
            Err(TokenError::Invalid("it was given to another client"))
        }
        Some(_) | None => Ok(()),
    }
}

/// A subject is taken whole or not at all: two that are cut alike would be one.
fn actor(claims: &Map<String, Value>) -> Result<Actor, ClaimsError> {
    let subject = claims.get("sub").and_then(Value::as_str).unwrap_or("");
    let name = format!("{ACTOR_PREFIX}{subject}");
    let actor = Actor::named(&name);
    match !subject.is_empty() && actor.as_str() == name {
        true => Ok(actor),
        false => Err(ClaimsError::Subject),
    }
}

fn permissions(listed: &Value, claim: &str) -> Result<Permissions, ClaimsError> {
    let wrong = |reason: String| ClaimsError::Permissions {
        claim: claim.to_owned(),
        reason,
    };
    let entries = Vec::<Entry>::deserialize(listed).map_err(|error| wrong(error.to_string()))?;
    if entries.len() > MAX_PERMISSIONS {
        return Err(ClaimsError::TooMany {
            claim: claim.to_owned(),
            count: entries.len(),
        });
    }
    let entries = entries.into_iter().map(|entry| match entry {
        Entry::Whole(permission) => Ok(permission),
        Entry::Text(text) => text.parse().map_err(|error| wrong(format!("{error}"))),
    });
    Ok(Permissions::new(entries.collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tasker_domain::actor::MAX_ACTOR_BYTES;
    use tasker_domain::permission::Action;

    fn of(claims: Value) -> Result<Access, ClaimsError> {
        access(claims.as_object().unwrap(), "tasker")
    }

    #[test]
    fn permissions_are_taken_in_both_forms() {
        let access = of(json!({
            "sub": "ada",
            "tasker": ["read, run in orders", {"namespace": "*", "actions": ["publish"]}],
        }));
        let access = access.unwrap();
        assert_eq!(access.actor().as_str(), "jwt:ada");
        let permissions = access.permissions();
        assert!(permissions.allow(Action::Run, "orders"));
        assert!(!permissions.allow(Action::Run, "payments"));
        assert!(permissions.allow_everywhere(Action::Publish));
    }

    #[test]
    fn without_the_claim_nothing_is_permitted() {
        let access = of(json!({"sub": "ada", "roles": ["admin in *"]})).unwrap();
        assert!(access.permissions().entries().is_empty());
    }

    #[test]
    fn a_claim_that_is_not_understood_whole_counts_for_nothing() {
        for wrong in [
            json!("admin in *"),
            json!(["admin"]),
            json!(["fly in orders"]),
            json!(["read in a/b"]),
            json!(["read in orders", 7]),
            json!([{"namespace": "*", "actions": ["admin"], "until": "tomorrow"}]),
            json!(vec!["read in orders"; MAX_PERMISSIONS + 1]),
        ] {
            assert!(of(json!({"sub": "ada", "tasker": wrong})).is_err());
        }
    }

    #[test]
    fn the_token_of_a_sign_in_is_for_this_client_and_of_this_sign_in() {
        let wanted = IdTokenWanted {
            client_id: "tasker-web",
            nonce: "n1",
        };
        let check = |claims: Value| check_id_token(claims.as_object().unwrap(), wanted);
        for taken in [
            json!({"aud": "tasker-web", "nonce": "n1"}),
            json!({"aud": ["tasker-web"], "nonce": "n1", "azp": "tasker-web"}),
            json!({"aud": ["tasker-web", "other"], "nonce": "n1", "azp": "tasker-web"}),
        ] {
            assert!(check(taken.clone()).is_ok(), "{taken}");
        }
        for refused in [
            json!({"aud": "tasker-web"}),
            json!({"aud": "tasker-web", "nonce": ""}),
            json!({"aud": "tasker-web", "nonce": "n2"}),
            json!({"aud": "tasker-web", "nonce": ["n1"]}),
            json!({"aud": ["tasker-web", "other"], "nonce": "n1"}),
            json!({"aud": "tasker-web", "nonce": "n1", "azp": "other"}),
        ] {
            assert!(check(refused.clone()).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_subject_that_could_be_taken_for_another_is_refused() {
        for subject in [
            json!(""),
            json!(7),
            json!("ada\n"),
            json!("a".repeat(MAX_ACTOR_BYTES)),
        ] {
            let refused = of(json!({"sub": subject}));
            assert!(matches!(refused, Err(ClaimsError::Subject)), "{subject}");
        }
    }
}
