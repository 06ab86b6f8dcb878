//! Versions that their owner takes back: new tasks don't take them, open ones keep them.

use super::Store;
use super::generation::revise_components;
use super::pin::auto_rollback::{advance_decided, auto_rollback};
use super::pin::{AffectedPins, Decide, PinKind};
use chrono::{DateTime, Utc};
use semver::Version;
use serde_json::json;
use sqlx::FromRow;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionStatus;

/// A version to yank, or to restore to its former status.
#[derive(Clone, Copy)]
pub struct Yank<'a> {
    pub kind: PinKind,
    pub target: &'a QualifiedName,
    pub version: &'a Version,
    pub is_yanked: bool,
    pub actor: &'a Actor,
    /// May be empty.
    pub reason: &'a str,
}

impl Store {
    /// Yanks a version, or with `is_yanked` false restores its former status; returns the pins that only it
    /// satisfied, with their changes. Nothing changes if it already has that status or does not
    /// exist, but that a reason is recorded. One transaction; it changes nothing and is `None` where a pin was
    /// made meanwhile: then it is to be repeated.
    pub async fn set_yanked(
        &self,
        yank: &Yank<'_>,
        decide: Decide,
    ) -> Result<Option<AffectedPins>, DatabaseError> {
        let Yank {
            kind,
            target,
            version,
            is_yanked,
            actor,
            reason,
        } = *yank;
        let mut tx = self.pool().begin().await?;
        let mut pins = AffectedPins::default();
        let Some((id, from)) = lock_version(&mut tx, yank).await? else {
            return Ok(Some(pins));
        };
        let stands = (from == VersionStatus::Yanked.into_str()) == is_yanked;
        let subject = format!("{} {}@{version}", kind.into_str(), target.name);
        let says_nothing = reason.is_empty() || !is_yanked;
        if stands && (says_nothing || is_said(&mut tx, target, &subject, reason).await?) {
            return Ok(Some(pins));
        }
        let to = match is_yanked {
            true => VersionStatus::Yanked.into_str().to_owned(),
            false => before_yank(&mut tx, target, &subject).await?,
        };
        let digest: Vec<u8> = sqlx::query_scalar(match kind {
            PinKind::Component => SET_COMPONENT,
            PinKind::Template => SET_TEMPLATE,
        })
        .bind(id)
        .bind(&to)
        .fetch_one(&mut *tx)
        .await?;
        let verb = if is_yanked { "yank" } else { "unyank" };
        let change = NewAuditEntry {
            actor,
            action: &format!("{}.{verb}", kind.into_str()),
            namespace: Some(target.namespace.as_str()),
            subject,
            reason,
            detail: json!({"from": from, "to": to}),
        };
        audit::record(&mut tx, &change).await?;
        let mut ineligible = Vec::new();
        if is_yanked && !stands {
            ineligible.push((target.clone(), version.clone()));
            pins = auto_rollback(&mut tx, kind, &ineligible, (actor, reason), decide).await?;
        }
        let mut namespaces = vec![target.namespace.to_string()];
        if kind == PinKind::Component {
            namespaces.extend(revise_components(&mut tx, parsed(digest)?).await?);
        }
        if !advance_decided(&mut tx, kind, &ineligible, &pins, &namespaces).await? {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(pins))
    }
}

/// Locks the version; returns its id and status.
async fn lock_version(
    tx: &mut Connection,
    yank: &Yank<'_>,
) -> Result<Option<(i32, String)>, DatabaseError> {
    let locked = sqlx::query_as(match yank.kind {
        PinKind::Component => LOCK_COMPONENT,
        PinKind::Template => LOCK_TEMPLATE,
    });
    let locked = locked
        .bind(yank.target.namespace.as_str())
        .bind(yank.target.name.as_str())
        .bind(yank.version.to_string());
    Ok(locked.fetch_optional(tx).await?)
}

fn parsed(digest: Vec<u8>) -> Result<Digest, DatabaseError> {
    let corrupt = |error| DatabaseError::Corrupt(format!("the digest of a version: {error}"));
    Digest::try_from(digest).map_err(corrupt)
}

impl Store {
    /// Since when a component's version is yanked, with the last reason that was given and who gave
    /// it; `None` if no yank is recorded.
    pub async fn yank_of_component(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<Option<WithdrawalRow>, DatabaseError> {
        let row = sqlx::query_as(YANKED)
            .bind(target.namespace.as_str())
            .bind(format!("component {}@{version}", target.name))
            .fetch_optional(self.pool())
            .await?;
        Ok(row)
    }
}

/// Who took a version out of use, when and why.
#[derive(Clone, Debug, FromRow)]
pub struct WithdrawalRow {
    pub at: DateTime<Utc>,
    pub actor: String,
    /// May be empty.
    pub reason: String,
}

const YANKED: &str = "
    with first as (
      select a.audit_id, a.at, a.actor from tasker.audit a
      where a.namespace = $1 and a.subject = $2 and a.action = 'component.yank' and a.detail ->> 'from' <> 'yanked'
      order by a.audit_id desc
      limit 1
    ), said as (
      select a.actor, a.reason from tasker.audit a join first f on a.audit_id >= f.audit_id
      where a.namespace = $1 and a.subject = $2 and a.action = 'component.yank' and a.reason <> ''
      order by a.audit_id desc
      limit 1
    )
    select f.at, coalesce(s.actor, f.actor) as actor, coalesce(s.reason, '') as reason
    from first f
    left join said s on true";

/// True if the last yank gave this reason.
async fn is_said(
    tx: &mut Connection,
    target: &QualifiedName,
    subject: &str,
    reason: &str,
) -> Result<bool, DatabaseError> {
    let is_said: Option<bool> = sqlx::query_scalar(
        "select a.reason = $3 from tasker.audit a
         where a.namespace = $1 and a.subject = $2 and a.action like '%.yank'
         order by a.audit_id desc
         limit 1",
    )
    .bind(target.namespace.as_str())
    .bind(subject)
    .bind(reason)
    .fetch_optional(tx)
    .await?;
    Ok(is_said.unwrap_or(false))
}

/// What waited for an approval waits for it again: a yank is no way around it.
async fn before_yank(
    tx: &mut Connection,
    target: &QualifiedName,
    subject: &str,
) -> Result<String, DatabaseError> {
    let before: Option<String> = sqlx::query_scalar(
        "select a.detail ->> 'from' from tasker.audit a
         where a.namespace = $1 and a.subject = $2 and a.action like '%.yank'
           and a.detail ->> 'from' <> 'yanked'
         order by a.audit_id desc
         limit 1",
    )
    .bind(target.namespace.as_str())
    .bind(subject)
    .fetch_optional(tx)
    .await?;
    Ok(before.unwrap_or_else(|| VersionStatus::Active.into_str().to_owned()))
}

const LOCK_COMPONENT: &str = "
    select v.component_version_id, v.status::text
    from tasker.namespace n
    join tasker.component c using (namespace_id)
    join tasker.component_version v using (component_id)
    where n.name = $1 and c.name = $2 and v.version = $3
    for update of v";

const LOCK_TEMPLATE: &str = "
    select v.template_version_id, v.status::text
    from tasker.namespace n
    join tasker.template t using (namespace_id)
    join tasker.template_version v using (template_id)
    where n.name = $1 and t.name = $2 and v.version = $3
    for update of v";

const SET_COMPONENT: &str = "
    update tasker.component_version set status = $2::text::tasker.version_status
    where component_version_id = $1 returning digest";

const SET_TEMPLATE: &str = "
    update tasker.template_version set status = $2::text::tasker.version_status
    where template_version_id = $1 returning digest";
