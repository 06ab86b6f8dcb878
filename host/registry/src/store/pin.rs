//! Pins: an operator's rules for what new tasks take.

pub(crate) mod auto_rollback;
pub(crate) mod change;
mod figures;
mod past;

pub use auto_rollback::{AffectedPins, Decide, Decided, RolledBack, Unresolvable};
pub use change::{NewState, PinBy, PinKey};
pub use figures::SideRow;
pub use past::PinPastRow;
pub use tasker_domain::pin::{PinKind, PinKindError};

use super::{RowCount, Store};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_database::{DatabaseError, column, listing};
use tasker_domain::name::Name;
use tasker_domain::order::{Direction, Seek};
use tasker_domain::pin::{Pinned, Rollout};
use tasker_domain::precondition::EntityTag;
use tasker_domain::requirement::ComponentRef;
use tasker_domain::rollout::Percent;
use tasker_engine::sets::RowOf;

/// One existing pin.
#[derive(Clone, Debug, FromRow)]
pub struct PinRow {
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    #[sqlx(try_from = "&'a str")]
    pub kind: PinKind,
    /// `name` of the pin's own namespace, or `other/name`.
    #[sqlx(try_from = "String")]
    pub target: ComponentRef,
    pub requirement: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    #[sqlx(flatten)]
    pub rollout: RolloutColumns,
}

/// What a pin's row says of its rollout; all null where it has none.
#[derive(Clone, Debug, Default, PartialEq, FromRow)]
pub struct RolloutColumns {
    pub rollout_requirement: Option<String>,
    pub rollout_percent: Option<f32>,
    pub guard: Option<Value>,
    /// Since when its guard looks at it.
    pub rollout_started_at: Option<DateTime<Utc>>,
    /// Not null where it is paused.
    pub paused_because: Option<String>,
}

impl PinRow {
    /// Stands for what is set: it changes with the requirement, the rollout, and with each change that says the same again.
    pub fn tag(&self) -> EntityTag {
        let rollout = &self.rollout;
        EntityTag::of(&(
            (
                self.namespace.as_str(),
                self.kind.into_str(),
                self.target.to_string(),
            ),
            (&self.requirement, self.created_at, &self.created_by),
            (
                &rollout.rollout_requirement,
                rollout.rollout_percent,
                &rollout.guard,
            ),
            (rollout.rollout_started_at, &rollout.paused_because),
        ))
    }

    /// What the pin says.
    pub fn pinned(&self) -> Result<Pinned, DatabaseError> {
        self.rollout.pinned(&self.requirement)
    }
}

impl RolloutColumns {
    /// What a pin with this requirement and this rollout says.
    pub fn pinned(&self, requirement: &str) -> Result<Pinned, DatabaseError> {
        let corrupt = |why: String| DatabaseError::Corrupt(format!("pin at {requirement}: {why}"));
        let parse = |text: &str| text.parse().map_err(|why| corrupt(format!("{why}")));
        let mut pinned = Pinned::at(parse(requirement)?);
        if let (Some(to), Some(percent)) = (&self.rollout_requirement, self.rollout_percent) {
            // The column is narrower: without rounding 10.1 would come back as 10.1000003.
            let percent = (f64::from(percent) * 100.0).round() / 100.0;
            let guard = self.guard.clone().map(serde_json::from_value).transpose();
            pinned.rollout = Some(Rollout {
                requirement: parse(to)?,
                percent: Percent::try_from(percent).map_err(|why| corrupt(why.to_string()))?,
                guard: guard.map_err(|why| corrupt(why.to_string()))?,
                paused: self.paused_because.clone(),
            });
        }
        Ok(pinned)
    }
}

impl Store {
    /// This pin, if it is there.
    pub async fn pin(&self, key: &PinKey<'_>) -> Result<Option<PinRow>, DatabaseError> {
        let row = sqlx::query_as(SHOW)
            .bind(key.namespace.as_str())
            .bind(key.kind.into_str())
            .bind(key.target)
            .fetch_optional(self.pool())
            .await?;
        Ok(row)
    }

    /// Pins by (namespace, kind, target), of these namespaces or of all.
    pub async fn list_pins(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, PinKind, &str)>,
    ) -> Result<Vec<PinRow>, DatabaseError> {
        let mut rows = Vec::new();
        let after = seek.after.map(|(namespace, _, _)| namespace);
        for namespace in self.in_order(namespaces, seek.direction, after).await? {
            let limit = seek.limit - rows.len() as i64;
            if limit <= 0 {
                break;
            }
            let part = Seek { limit, ..seek };
            let statement = LIST.rows(seek.direction);
            rows.extend(self.pins_in(statement, namespace, part).await?);
        }
        Ok(rows)
    }

    /// How many pins these namespaces have, or all have.
    pub async fn count_pins(&self, namespaces: &[Name]) -> Result<RowCount, DatabaseError> {
        let mut counted = Vec::new();
        for namespace in self
            .in_order(namespaces, Direction::Ascending, None)
            .await?
        {
            let part = self.pins_in::<(i64,)>(LIST.count(), namespace, counting());
            counted.extend(part.await?);
        }
        Ok(RowCount::of_rows(&counted))
    }

    async fn pins_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        namespace: Option<String>,
        Seek { after, limit, .. }: Seek<(&str, PinKind, &str)>,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(statement)
            .bind(namespace)
            .bind(after.map(|(namespace, _, _)| namespace))
            .bind(after.map(|(_, kind, _)| kind.into_str()))
            .bind(after.map(|(_, _, target)| target))
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// Some pins of a namespace.
#[derive(Clone, Debug)]
pub struct PinsOf {
    pub namespace: String,
    /// Only those behind this kind and target.
    pub after: Option<(PinKind, String)>,
    pub limit: i32,
}

impl Store {
    /// Pins of these namespaces, by key, kind and target.
    pub async fn pins_of_namespaces(
        &self,
        namespaces: &[PinsOf],
    ) -> Result<Vec<RowOf<PinRow>>, DatabaseError> {
        let kind = |it: &PinsOf| it.after.as_ref().map(|(kind, _)| kind.into_str());
        let target = |it: &PinsOf| it.after.as_ref().map(|(_, target)| target.clone());
        let rows = sqlx::query_as("select * from tasker.pins_of_namespaces($1, $2, $3, $4)")
            .bind(column(namespaces, |it| it.namespace.as_str()))
            .bind(column(namespaces, kind))
            .bind(column(namespaces, target))
            .bind(column(namespaces, |it| it.limit))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// The columns of a pin.
macro_rules! pins {
    ($($end:tt)+) => {
        listing! {
            "select n.name as namespace, p.kind::text as kind, p.target, p.requirement, p.created_at, p.created_by,
                    p.rollout_requirement, p.rollout_percent, p.guard, p.rollout_started_at, p.paused_because
             from tasker.pin p
             join tasker.namespace n using (namespace_id)
             where "
            $($end)+
        }
    };
}

/// One of a namespace.
macro_rules! one_pin {
    ($end:literal) => {
        pins!("n.name = $1 and p.kind = $2::text::tasker.pin_kind and p.target = $3" $end).ascending
    };
}

const SHOW: &str = one_pin!("");

/// The same, locked until the transaction ends.
const LOCK: &str = one_pin!(" for update of p");

const LIST: Listing = pins!(
    "($1::text is null or n.name = $1)
       and ($2::text is null or (n.name, p.kind, p.target) " > " ($2, $3::text::tasker.pin_kind, $4))
     order by n.name " asc ", p.kind " asc ", p.target " asc "
     limit $5"
);
