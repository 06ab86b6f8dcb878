//! Pins that nothing satisfies any more, because what did was barred.

use super::audit::{self, Change};
use super::quarantine::NamedVersion;
use super::{StoreError, lock};
use crate::domain::actor::Actor;
use crate::domain::requirement::Requirement;
use crate::domain::resolve::{Bar, Candidate, highest};
use semver::Version;
use serde_json::json;
use sqlx::{FromRow, PgConnection};

/// How many earlier requirements of a pin are tried.
const MAX_EARLIER: i64 = 100;

/// A pin that took a barred version only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinFallBack {
    pub namespace: String,
    /// `name` of the pin's own namespace, or `other/name`.
    pub target: String,
    pub from: String,
    /// None: it stays as it is, since nothing that it was before can be followed either.
    pub to: Option<String>,
}

#[derive(FromRow)]
struct Pin {
    namespace_id: i32,
    namespace: String,
    target: String,
    requirement: String,
}

/// Puts every pin that took the barred version, and has nothing else to take, back to the last
/// requirement before that something satisfies. Call it in the transaction that barred the version,
/// after that.
pub(in crate::store) async fn fall_back(
    tx: &mut PgConnection,
    barred: &NamedVersion,
    actor: &Actor,
    reason: &str,
) -> Result<Vec<PinFallBack>, StoreError> {
    let candidates = candidates(tx, barred).await?;
    let mut fallen = Vec::new();
    for pin in pins(tx, barred).await? {
        if !is_stuck(&pin.requirement, barred, &candidates) {
            continue;
        }
        let to = earlier(tx, &pin, &candidates).await?;
        if let Some(to) = &to {
            move_back(tx, &pin, to, actor, reason).await?;
        }
        fallen.push(PinFallBack {
            namespace: pin.namespace,
            target: pin.target,
            from: pin.requirement,
            to,
        });
    }
    Ok(fallen)
}

fn is_stuck(requirement: &str, barred: &NamedVersion, candidates: &[Candidate<()>]) -> bool {
    let (Ok(requirement), Ok(version)) = (
        requirement.parse::<Requirement>(),
        Version::parse(&barred.version),
    ) else {
        return false;
    };
    requirement.matches(&version) && highest(candidates, &[&requirement]).is_none()
}

async fn candidates(
    tx: &mut PgConnection,
    of: &NamedVersion,
) -> Result<Vec<Candidate<()>>, StoreError> {
    let rows: Vec<(String, Option<String>)> = sqlx::query_as(lock::VERSIONS_WITH_BARS)
        .bind(&of.namespace)
        .bind(&of.component)
        .fetch_all(tx)
        .await?;
    let candidate = |(version, bar): (String, Option<String>)| {
        Some(Candidate {
            version: Version::parse(&version).ok()?,
            bar: bar.and_then(|bar| Bar::named(&bar)),
            id: (),
        })
    };
    Ok(rows.into_iter().filter_map(candidate).collect())
}

async fn pins(tx: &mut PgConnection, of: &NamedVersion) -> Result<Vec<Pin>, StoreError> {
    let pins = sqlx::query_as(
        "select p.namespace_id, n.name as namespace, p.target, p.requirement
         from tasker.pin p
         join tasker.namespace n using (namespace_id)
         where p.kind = 'component'
           and p.target = case when n.name = $1 then $2 else $1 || '/' || $2 end
         order by p.namespace_id
         for update of p",
    )
    .bind(&of.namespace)
    .bind(&of.component)
    .fetch_all(tx)
    .await?;
    Ok(pins)
}

/// The last requirement before the present one that something satisfies.
async fn earlier(
    tx: &mut PgConnection,
    pin: &Pin,
    candidates: &[Candidate<()>],
) -> Result<Option<String>, StoreError> {
    let before: Vec<String> = sqlx::query_scalar(
        "select a.detail ->> 'from' from tasker.audit a
         where a.namespace = $1 and a.subject = $2 and a.detail ->> 'from' is not null
         order by a.audit_id desc
         limit $3",
    )
    .bind(&pin.namespace)
    .bind(subject(pin))
    .bind(MAX_EARLIER)
    .fetch_all(tx)
    .await?;
    let can_be_followed = |text: &String| {
        let requirement = text.parse::<Requirement>();
        requirement.is_ok_and(|requirement| highest(candidates, &[&requirement]).is_some())
    };
    Ok(before.into_iter().find(can_be_followed))
}

async fn move_back(
    tx: &mut PgConnection,
    pin: &Pin,
    to: &str,
    actor: &Actor,
    reason: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "update tasker.pin set requirement = $3, created_by = $4, created_at = now()
         where namespace_id = $1 and kind = 'component' and target = $2",
    )
    .bind(pin.namespace_id)
    .bind(&pin.target)
    .bind(to)
    .bind(actor.as_str())
    .execute(&mut *tx)
    .await?;
    let change = Change {
        actor,
        action: "pin.fall_back",
        namespace: Some(&pin.namespace),
        subject: subject(pin),
        reason,
        detail: json!({"from": pin.requirement, "to": to}),
    };
    audit::record(tx, &change).await
}

/// As the audit names a pin.
fn subject(pin: &Pin) -> String {
    format!("pin component {}", pin.target)
}
