//! Sessions of browsers: what is stored of them, how they begin and end.

use super::Store;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::FromRow;
use sqlx::types::Json;
use std::time::Duration;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::{Connection, DatabaseError};
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::permission::Permissions;

/// The most sessions of one caller; the oldest gives way to a new one.
pub const MAX_SESSIONS_OF_CALLER: i64 = 50;

/// The most sessions in force: every host holds all of them in memory.
pub const MAX_SESSIONS: i64 = 10_000;

/// How long a finished sign-in is known; a browser can finish it for less.
pub const SIGN_IN_KNOWN_FOR: Duration = Duration::from_secs(60 * 60);

/// What a session was begun with.
#[derive(Clone, Debug)]
pub enum SignedIn<'a> {
    /// The public part of a key.
    WithKey { prefix: &'a str },
    /// What a token says.
    WithToken {
        actor: &'a Actor,
        permissions: &'a Permissions,
        expires_at: DateTime<Utc>,
        /// The issuer and the key of its that signed the token.
        issuer_key: &'a Digest,
        /// The sign-in at an identity provider that the token comes from, if it comes from one.
        sign_in: Option<&'a Digest>,
    },
}

/// What came of beginning a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    Until(DateTime<Utc>),
    /// The key was revoked meanwhile.
    NoKey,
    /// The sign-in has ended in a session before.
    Repeated,
    /// There are [`MAX_SESSIONS`] already.
    TooMany,
}

/// What it takes to know a session that is shown.
#[derive(Clone, Debug, FromRow)]
pub struct KnownSession {
    #[sqlx(try_from = "Vec<u8>")]
    pub token_digest: Digest,
    pub actor: String,
    /// Read by the caller, so that one that cannot be read does not hide the others.
    pub permissions: Value,
    /// Of its key.
    pub max_requests_per_minute: Option<i32>,
    /// The issuer and key that have to count still, of a session by a token.
    pub issuer_key: Option<Vec<u8>>,
}

impl Store {
    /// Every session in force.
    pub async fn known_sessions(&self) -> Result<Vec<KnownSession>, DatabaseError> {
        let sessions = sqlx::query_as(
            "select s.token_digest, s.actor, coalesce(k.permissions, s.permissions) as permissions,
               k.max_requests_per_minute,
                    s.issuer_key
             from tasker.browser_session s
             left join tasker.api_key k using (api_key_id)
             where s.expires_at > now()
               and (s.api_key_id is null or (k.revoked_at is null and (k.expires_at is null or k.expires_at > now())))",
        )
        .fetch_all(self.pool())
        .await?;
        Ok(sessions)
    }

    /// Begins a session that lasts so long at most. Those of before that are over are removed.
    pub async fn begin_session(
        &self,
        token_digest: &Digest,
        signed_in: &SignedIn<'_>,
        lifetime: Duration,
    ) -> Result<Begun, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        sqlx::query("select pg_advisory_xact_lock($1)")
            .bind(SESSIONS_LOCK)
            .execute(&mut *tx)
            .await?;
        remove_ended(&mut tx).await?;
        if let Some(sign_in) = signed_in.sign_in()
            && !is_first(&mut tx, sign_in).await?
        {
            return Ok(Begun::Repeated);
        }
        let count: i64 = sqlx::query_scalar("select count(*) from tasker.browser_session")
            .fetch_one(&mut *tx)
            .await?;
        if count >= MAX_SESSIONS {
            // What was removed stays so, and so does what was finished.
            tx.commit().await?;
            return Ok(Begun::TooMany);
        }
        let Some((actor, expires_at)) = begin(&mut tx, token_digest, signed_in, lifetime).await?
        else {
            return Ok(Begun::NoKey);
        };
        make_room(&mut tx, &actor).await?;
        let detail = json!({"expires_at": expires_at});
        audit::record(&mut tx, &change("session.begin", &actor, detail)).await?;
        tx.commit().await?;
        Ok(Begun::Until(expires_at))
    }

    /// Ends the session; false if there was none.
    pub async fn end_session(&self, token_digest: &Digest) -> Result<bool, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let actor: Option<String> = sqlx::query_scalar(
            "delete from tasker.browser_session where token_digest = $1 returning actor",
        )
        .bind(token_digest.as_bytes().as_slice())
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(actor) = &actor {
            let actor = Actor::named(actor);
            audit::record(&mut tx, &change("session.end", &actor, json!({}))).await?;
        }
        tx.commit().await?;
        Ok(actor.is_some())
    }
}

impl SignedIn<'_> {
    fn sign_in(&self) -> Option<&Digest> {
        match self {
            Self::WithKey { .. } => None,
            Self::WithToken { sign_in, .. } => *sign_in,
        }
    }
}

/// The advisory lock under which sessions begin, so that they are counted right.
const SESSIONS_LOCK: i64 = 0x7461_736b_7365;

/// The most ended sessions that a new one removes.
const REMOVED_AT_ONCE: i64 = 1_000;

async fn remove_ended(tx: &mut Connection) -> Result<(), DatabaseError> {
    sqlx::query(
        "with forgotten as (
           delete from tasker.finished_sign_in
           where sign_in_digest in (select sign_in_digest from tasker.finished_sign_in where expires_at <= now()
                                    order by expires_at limit $1))
         delete from tasker.browser_session
         where token_digest in (select token_digest from tasker.browser_session where expires_at <= now()
                                order by expires_at limit $1)",
    )
    .bind(REMOVED_AT_ONCE)
    .execute(tx)
    .await?;
    Ok(())
}

/// Notes that the sign-in is finished; false if it was before.
async fn is_first(tx: &mut Connection, sign_in: &Digest) -> Result<bool, DatabaseError> {
    let noted = sqlx::query(
        "insert into tasker.finished_sign_in (sign_in_digest, expires_at)
         values ($1, now() + make_interval(secs => $2)) on conflict do nothing",
    )
    .bind(sign_in.as_bytes().as_slice())
    .bind(SIGN_IN_KNOWN_FOR.as_secs_f64())
    .execute(tx)
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// Writes it; none if its key is not in force.
async fn begin(
    tx: &mut Connection,
    token_digest: &Digest,
    signed_in: &SignedIn<'_>,
    lifetime: Duration,
) -> Result<Option<(Actor, DateTime<Utc>)>, DatabaseError> {
    let (digest, lifetime) = (token_digest.as_bytes().as_slice(), lifetime.as_secs_f64());
    let row: Option<(String, DateTime<Utc>)> = match signed_in {
        SignedIn::WithKey { prefix } => {
            sqlx::query_as(
                "insert into tasker.browser_session (token_digest, api_key_id, actor, expires_at)
                 select $1, k.api_key_id, k.name, least(k.expires_at, now() + make_interval(secs => $3))
                 from tasker.api_key k
                 where k.prefix = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
                 returning actor, expires_at",
            )
            .bind(digest)
            .bind(prefix)
            .bind(lifetime)
            .fetch_optional(tx)
            .await?
        }
        SignedIn::WithToken {
            actor,
            permissions,
            expires_at,
            issuer_key,
            ..
        } => {
            sqlx::query_as(
                "insert into tasker.browser_session (token_digest, actor, permissions, issuer_key, expires_at)
                 values ($1, $2, $3, $4, least($5, now() + make_interval(secs => $6)))
                 returning actor, expires_at",
            )
            .bind(digest)
            .bind(actor.as_str())
            .bind(Json(permissions))
            .bind(issuer_key.as_bytes().as_slice())
            .bind(expires_at)
            .bind(lifetime)
            .fetch_optional(tx)
            .await?
        }
    };
    Ok(row.map(|(actor, expires_at)| (Actor::named(&actor), expires_at)))
}

/// Ends the oldest sessions of a caller who has too many.
async fn make_room(tx: &mut Connection, actor: &Actor) -> Result<(), DatabaseError> {
    sqlx::query(
        "delete from tasker.browser_session
         where token_digest in (select token_digest from tasker.browser_session where actor = $1
                                order by begun_at desc, token_digest offset $2)",
    )
    .bind(actor.as_str())
    .bind(MAX_SESSIONS_OF_CALLER)
    .execute(tx)
    .await?;
    Ok(())
}

fn change<'a>(action: &'a str, actor: &'a Actor, detail: Value) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor,
        action,
        namespace: None,
        subject: format!("session of {actor}"),
        reason: "",
        detail,
    }
}
