//! Code that no host starts, by digest, under all of its names.

use super::pin::auto_rollback::{advance_decided, auto_rollback};
use super::pin::{AffectedPins, Decide, PinKind};
use super::{RowCount, Store};
use chrono::{DateTime, Utc};
use semver::Version;
use serde_json::json;
use sqlx::{FromRow, SqlSafeStr};
use std::collections::HashMap;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_database::{Connection, DatabaseError, column, listing};
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::requirement::QualifiedName;

/// Code in quarantine.
#[derive(Clone, Debug, FromRow)]
pub struct QuarantineRow {
    #[sqlx(try_from = "Vec<u8>")]
    pub digest: Digest,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub reason: String,
}

/// A version by its full name.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct NamedVersion {
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    #[sqlx(try_from = "String")]
    pub component: Name,
    pub version: String,
}

/// What came of a quarantine.
#[derive(Debug)]
pub struct Quarantined {
    pub quarantine: QuarantineRow,
    /// False if it stood already.
    pub created: bool,
    /// Every name of these bytes.
    pub names: Vec<NamedVersion>,
    /// The affected pins.
    pub pins: AffectedPins,
    /// The tasks that are suspended by it, per template.
    pub held: Vec<HeldTasks>,
}

/// Open tasks of one template whose next steps would run code in quarantine.
#[derive(Debug, FromRow)]
pub struct HeldTasks {
    pub namespace: String,
    pub template: String,
    pub tasks: i64,
    /// Steps that are suspended, or will be as soon as a host reads the quarantine.
    pub steps: i64,
}

/// What came of the end of a quarantine.
#[derive(Debug)]
pub struct Released {
    /// Every name of these bytes.
    pub names: Vec<NamedVersion>,
    /// Steps that were suspended by it and are resumed.
    pub steps: i32,
}

impl Store {
    /// Quarantines these bytes: once this is committed no host starts them anew, and each ends what runs of
    /// them as soon as it hears of it. Pins that only they satisfied are rolled back where possible. A repeated
    /// call changes nothing but the reason, where it gives one. One transaction; it changes nothing and is `None`
    /// where a pin was made meanwhile: then it is to be repeated.
    pub async fn quarantine(
        &self,
        digest: Digest,
        actor: &Actor,
        reason: &str,
        decide: Decide,
    ) -> Result<Option<Quarantined>, DatabaseError> {
        let mut tx = self.for_bulk().pool().begin().await?;
        let inserted = sqlx::query(
            "insert into tasker.quarantine (digest, actor, reason) values ($1, $2, $3)
             on conflict do nothing",
        )
        .bind(&digest.as_bytes()[..])
        .bind(actor.as_str())
        .bind(reason)
        .execute(&mut *tx)
        .await?;
        let created = inserted.rows_affected() == 1;
        let names = names_of(&mut tx, digest).await?;
        let mut pins = AffectedPins::default();
        if created {
            for name in &names {
                let change = change("component.quarantine", name, digest, actor, reason);
                audit::record(&mut tx, &change).await?;
            }
            let parsed: Result<Vec<_>, _> = names.iter().map(parsed).collect();
            let (kind, ineligible) = (PinKind::Component, parsed?);
            pins = auto_rollback(&mut tx, kind, &ineligible, (actor, reason), decide).await?;
            let namespaces = super::generation::revise_components(&mut tx, digest).await?;
            let advanced = advance_decided(&mut tx, kind, &ineligible, &pins, &namespaces);
            if !advanced.await? {
                return Ok(None);
            }
        } else if !reason.is_empty() {
            explain(&mut tx, digest, &names, actor, reason).await?;
        }
        let held = held_tasks(&mut tx, digest).await?;
        let quarantine = sqlx::query_as(
            "select digest, at, actor, reason from tasker.quarantine where digest = $1",
        )
        .bind(&digest.as_bytes()[..])
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some(Quarantined {
            quarantine,
            created,
            names,
            pins,
            held,
        }))
    }

    /// Lifts the quarantine and resumes the steps that were suspended by it, in one transaction;
    /// `None` if there is no quarantine. Pins that were rolled back stay so.
    pub async fn release_quarantine(
        &self,
        digest: Digest,
        actor: &Actor,
        reason: &str,
    ) -> Result<Option<Released>, DatabaseError> {
        let mut tx = self.for_bulk().pool().begin().await?;
        let deleted = sqlx::query("delete from tasker.quarantine where digest = $1")
            .bind(&digest.as_bytes()[..])
            .execute(&mut *tx)
            .await?;
        if deleted.rows_affected() == 0 {
            return Ok(None);
        }
        let steps = sqlx::query_scalar("select tasker.resume_steps($1)")
            .bind(&digest.as_bytes()[..])
            .fetch_one(&mut *tx)
            .await?;
        let names = names_of(&mut tx, digest).await?;
        for name in &names {
            let change = change("component.release", name, digest, actor, reason);
            audit::record(&mut tx, &change).await?;
        }
        let namespaces = super::generation::revise_components(&mut tx, digest).await?;
        super::generation::advance(&mut tx, namespaces.iter().map(String::as_str)).await?;
        tx.commit().await?;
        Ok(Some(Released { names, steps }))
    }

    /// The quarantine of these bytes, if there is one.
    pub async fn quarantine_of(
        &self,
        digest: Digest,
    ) -> Result<Option<QuarantineRow>, DatabaseError> {
        let row = sqlx::query_as(
            "select digest, at, actor, reason from tasker.quarantine where digest = $1",
        )
        .bind(&digest.as_bytes()[..])
        .fetch_optional(self.pool())
        .await?;
        Ok(row)
    }

    /// Code in quarantine by time and digest, with the names that it goes by.
    pub async fn list_quarantine(
        &self,
        seek: Seek<(DateTime<Utc>, Digest)>,
    ) -> Result<Vec<(QuarantineRow, Vec<NamedVersion>)>, DatabaseError> {
        #[derive(FromRow)]
        struct Named {
            #[sqlx(try_from = "Vec<u8>")]
            digest: Digest,
            #[sqlx(flatten)]
            name: NamedVersion,
        }
        let rows: Vec<QuarantineRow> = self.quarantine_in(LIST.rows(seek.direction), seek).await?;
        let digests = column(&rows, |row| &row.digest.as_bytes()[..]);
        let named: Vec<Named> = sqlx::query_as(NAMES)
            .bind(digests)
            .fetch_all(self.pool())
            .await?;
        let mut names: HashMap<Digest, Vec<NamedVersion>> = HashMap::new();
        for Named { digest, name } in named {
            names.entry(digest).or_default().push(name);
        }
        let with_names = |row: QuarantineRow| {
            let names = names.remove(&row.digest).unwrap_or_default();
            (row, names)
        };
        Ok(rows.into_iter().map(with_names).collect())
    }

    /// How many bytes are in quarantine.
    pub async fn count_quarantine(&self) -> Result<RowCount, DatabaseError> {
        let rows = self.quarantine_in(LIST.count(), counting()).await?;
        Ok(RowCount::of_rows(&rows))
    }

    async fn quarantine_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        Seek { after, limit, .. }: Seek<(DateTime<Utc>, Digest)>,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(statement)
            .bind(after.map(|(at, _)| at))
            .bind(after.map(|(_, digest)| digest.as_bytes().to_vec()))
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

const LIST: Listing = listing! {
    "select digest, at, actor, reason from tasker.quarantine
     where $1::timestamptz is null or (at, digest) " > " ($1, $2)
     order by at " asc ", digest " asc " limit $3"
};

/// Changes the reason of an existing quarantine.
async fn explain(
    tx: &mut Connection,
    digest: Digest,
    names: &[NamedVersion],
    actor: &Actor,
    reason: &str,
) -> Result<(), DatabaseError> {
    let updated = sqlx::query(
        "update tasker.quarantine set actor = $2, reason = $3 where digest = $1 and reason <> $3",
    )
    .bind(&digest.as_bytes()[..])
    .bind(actor.as_str())
    .bind(reason)
    .execute(&mut *tx)
    .await?;
    let changed = names.iter().filter(|_| updated.rows_affected() == 1);
    for name in changed {
        let change = change("component.quarantine", name, digest, actor, reason);
        audit::record(&mut *tx, &change).await?;
    }
    Ok(())
}

async fn held_tasks(tx: &mut Connection, digest: Digest) -> Result<Vec<HeldTasks>, DatabaseError> {
    let held = sqlx::query_as(HELD)
        .bind(&digest.as_bytes()[..])
        .fetch_all(tx)
        .await?;
    Ok(held)
}

const HELD: &str = "
    select n.name as namespace, p.name as template, count(distinct t.task_id) as tasks, count(*) as steps
    from tasker.component_version v
    join tasker.lock_entry e using (component_version_id)
    join tasker.task t on t.lock_id = e.lock_id and t.finished_at is null
    join tasker.step s on s.task_id = t.task_id and s.step_no = e.step_no
    join tasker.template p on p.template_id = t.template_id
    join tasker.namespace n on n.namespace_id = p.namespace_id
    where v.digest = $1 and s.state in ('ready', 'running', 'waiting_for_retry')
    group by n.name, p.name
    order by count(*) desc, n.name, p.name";

fn parsed(name: &NamedVersion) -> Result<(QualifiedName, Version), DatabaseError> {
    let target = QualifiedName::of(&name.namespace, &name.component);
    let version = Version::parse(&name.version);
    let corrupt = |error| DatabaseError::Corrupt(format!("{target} {}: {error}", name.version));
    Ok((target.clone(), version.map_err(corrupt)?))
}

fn change<'a>(
    action: &'a str,
    name: &'a NamedVersion,
    digest: Digest,
    actor: &'a Actor,
    reason: &'a str,
) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor,
        action,
        namespace: Some(name.namespace.as_str()),
        subject: format!("component {}@{}", name.component, name.version),
        reason,
        detail: json!({"digest": digest}),
    }
}

async fn names_of(
    connection: &mut Connection,
    digest: Digest,
) -> Result<Vec<NamedVersion>, DatabaseError> {
    let names = sqlx::query_as(NAMES)
        .bind([&digest.as_bytes()[..]])
        .fetch_all(connection)
        .await?;
    Ok(names)
}

const NAMES: &str = "
    select v.digest, n.name as namespace, c.name as component, v.version
    from tasker.component_version v
    join tasker.component c using (component_id)
    join tasker.namespace n using (namespace_id)
    where v.digest = any($1)
    order by n.name, c.name, v.component_version_id";
