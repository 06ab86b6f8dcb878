//! What a namespace says for its new tasks: its pins, and by whose signatures it takes components.

use super::super::Store;
use super::super::signature::policy_of;
use super::{PinKind, PinKindError, RampColumns};
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::name::Name;
use tasker_domain::signing_policy::SigningPolicy;

/// A pin of one namespace.
#[derive(Debug)]
pub struct PinCandidate {
    pub kind: PinKind,
    /// `name` of the pin's own namespace, or `other/name`.
    pub target: String,
    pub requirement: String,
    pub ramp: RampColumns,
}

/// A pin beside the keys of its namespace; all but these is null where there is no pin.
#[derive(FromRow)]
struct RuleRow {
    keys: Vec<Vec<u8>>,
    kind: Option<String>,
    target: Option<String>,
    requirement: Option<String>,
    #[sqlx(flatten)]
    ramp: RampColumns,
}

impl RuleRow {
    fn pin(self) -> Option<Result<PinCandidate, DatabaseError>> {
        let (kind, target, requirement) = (self.kind?, self.target?, self.requirement?);
        let corrupt = |error: PinKindError| DatabaseError::Corrupt(error.to_string());
        let kind = PinKind::try_from(kind).map_err(corrupt);
        Some(kind.map(|kind| PinCandidate {
            kind,
            target,
            requirement,
            ramp: self.ramp,
        }))
    }
}

impl Store {
    /// All pins of a namespace, and what it takes by its signing policy; in one query, because the
    /// first resolution after every change waits for it.
    pub async fn namespace_rules(
        &self,
        namespace: &Name,
    ) -> Result<(SigningPolicy, Vec<PinCandidate>), DatabaseError> {
        let rows: Vec<RuleRow> = sqlx::query_as(
            "select k.keys, p.kind::text as kind, p.target, p.requirement,
                    p.ramp_requirement, p.ramp_percent, p.guard, p.ramp_started_at, p.frozen_because
             from tasker.namespace n
             cross join lateral (select array(select s.public_key from tasker.signing_key s
                                              where s.namespace_id = n.namespace_id) as keys) k
             left join tasker.pin p on p.namespace_id = n.namespace_id
             where n.name = $1",
        )
        .bind(namespace.as_str())
        .fetch_all(self.pool())
        .await?;
        let policy = rows.first().map(|row| policy_of(row.keys.clone()));
        let pins = rows.into_iter().filter_map(RuleRow::pin);
        Ok((
            policy.transpose()?.unwrap_or_default(),
            pins.collect::<Result<_, _>>()?,
        ))
    }
}
