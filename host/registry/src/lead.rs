//! Which versions pins lead to now.

use super::pin::PinTarget;
use super::{Registry, RegistryError};
use crate::store::pin::PinRow;
use semver::Version;
use std::collections::BTreeMap;
use tasker_domain::name::Name;
use tasker_domain::pin::Pinned;
use tasker_domain::requirement::ComponentRef;
use tasker_domain::resolve::{Candidate, highest};

/// A pin and the versions that it means now; none where nothing that new tasks may take satisfies it.
#[derive(Clone, Debug)]
pub struct ResolvedPin {
    pub row: PinRow,
    pub pinned: Pinned,
    pub version: Option<Version>,
    /// The same of its ramp.
    pub ramp_version: Option<Version>,
}

impl Registry {
    /// Looks where these pins lead.
    pub async fn lead(&self, rows: Vec<PinRow>) -> Result<Vec<ResolvedPin>, RegistryError> {
        let mut known: BTreeMap<_, Vec<Candidate<()>>> = BTreeMap::new();
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let target = target(&row)?;
            let (namespace, kind) = (target.namespace.clone(), target.kind);
            let name = (namespace, kind, target.qualified().clone());
            if !known.contains_key(&name) {
                known.insert(name.clone(), self.seen_by_pin(&target).await?);
            }
            all.push(ResolvedPin::of(row, &known[&name])?);
        }
        Ok(all)
    }

    /// None where the pin's namespace may not use what it pins.
    async fn seen_by_pin(&self, pin: &PinTarget) -> Result<Vec<Candidate<()>>, RegistryError> {
        match self.require_use(&pin.namespace, pin.qualified()).await {
            Ok(()) => self.pinnable(pin).await,
            Err(RegistryError::NotShared { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

impl ResolvedPin {
    fn of(row: PinRow, candidates: &[Candidate<()>]) -> Result<Self, RegistryError> {
        let pinned = row.pinned()?;
        let version =
            |requirement| highest(candidates, &[requirement]).map(|it| it.version.clone());
        Ok(Self {
            version: version(&pinned.requirement),
            ramp_version: pinned
                .ramp
                .as_ref()
                .and_then(|ramp| version(&ramp.requirement)),
            pinned,
            row,
        })
    }
}

fn target(row: &PinRow) -> Result<PinTarget, RegistryError> {
    let stored = |reason: String| RegistryError::Stored {
        what: format!(
            "pin {} in {}",
            row.kind.pin_name(&row.target),
            row.namespace
        ),
        reason,
    };
    let namespace: Name = row
        .namespace
        .parse()
        .map_err(|why| stored(format!("{why}")))?;
    let target: ComponentRef = row.target.parse().map_err(|why| stored(format!("{why}")))?;
    PinTarget::new(namespace, row.kind, &target)
}
