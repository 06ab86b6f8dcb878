//! Versions that their owner takes back: new tasks don't take them, open ones keep them.

use super::audit::{self, Change};
use super::component::VersionStatus;
use super::lock::{advance_generation, revise_components};
use super::{Store, StoreError};
use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::requirement::QualifiedName;
use semver::Version;
use serde_json::json;
use sqlx::PgConnection;

/// What is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Component,
    Template,
}

impl Family {
    fn as_str(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Template => "template",
        }
    }

    /// Locks the version and tells its status.
    fn lock(self) -> &'static str {
        match self {
            Self::Component => LOCK_COMPONENT,
            Self::Template => LOCK_TEMPLATE,
        }
    }

    fn set(self) -> &'static str {
        match self {
            Self::Component => {
                "update tasker.component_version set status = $2::text::tasker.version_status
                 where component_version_id = $1 returning digest"
            }
            Self::Template => {
                "update tasker.template_version set status = $2::text::tasker.version_status
                 where template_version_id = $1 returning digest"
            }
        }
    }
}

impl Store {
    /// Takes a version back, or with `is_yanked` false gives it again, as it stood before. Nothing
    /// changes where it stands so already, or does not exist. One transaction.
    pub async fn set_yanked(
        &self,
        family: Family,
        target: &QualifiedName,
        version: &Version,
        is_yanked: bool,
        actor: &Actor,
        reason: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let found: Option<(i32, String)> = sqlx::query_as(family.lock())
            .bind(target.namespace.as_str())
            .bind(target.name.as_str())
            .bind(version.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let Some((id, from)) = found else {
            return Ok(());
        };
        if (from == VersionStatus::Yanked.as_str()) == is_yanked {
            return Ok(());
        }
        let subject = format!("{} {}@{version}", family.as_str(), target.name);
        let to = match is_yanked {
            true => VersionStatus::Yanked.as_str().to_owned(),
            false => before_yank(&mut tx, target, &subject).await?,
        };
        let digest: Vec<u8> = sqlx::query_scalar(family.set())
            .bind(id)
            .bind(&to)
            .fetch_one(&mut *tx)
            .await?;
        let verb = if is_yanked { "yank" } else { "unyank" };
        let change = Change {
            actor,
            action: &format!("{}.{verb}", family.as_str()),
            namespace: Some(target.namespace.as_str()),
            subject,
            reason,
            detail: json!({"from": from, "to": to}),
        };
        audit::record(&mut tx, &change).await?;
        match family {
            Family::Component => revise_components(&mut tx, parsed(digest)?).await?,
            Family::Template => {}
        }
        advance_generation(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn parsed(digest: Vec<u8>) -> Result<Digest, StoreError> {
    let corrupt = |error| StoreError::Corrupt(format!("the digest of a version: {error}"));
    Digest::try_from(digest).map_err(corrupt)
}

/// What waited for an approval waits for it again: a yank is no way around it.
async fn before_yank(
    tx: &mut PgConnection,
    target: &QualifiedName,
    subject: &str,
) -> Result<String, StoreError> {
    let before: Option<String> = sqlx::query_scalar(
        "select a.detail ->> 'from' from tasker.audit a
         where a.namespace = $1 and a.subject = $2 and a.action like '%.yank'
         order by a.audit_id desc
         limit 1",
    )
    .bind(target.namespace.as_str())
    .bind(subject)
    .fetch_optional(tx)
    .await?;
    Ok(before.unwrap_or_else(|| VersionStatus::Active.as_str().to_owned()))
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
