//! Which versions pins lead to now.

use super::catalog::Selection;
use super::pin::PinTarget;
use super::{Registry, RegistryError};
use crate::store::pin::PinRow;
use semver::Version;
use tasker_domain::pin::Pinned;
use tasker_domain::resolve::{Candidate, highest};

/// A pin and the versions that it means now; `None` if nothing that new tasks may take satisfies it.
#[derive(Clone, Debug)]
pub struct ResolvedPin {
    pub row: PinRow,
    pub pinned: Pinned,
    pub version: Option<Version>,
    /// The same of its rollout.
    pub rollout_version: Option<Version>,
}

impl Registry {
    /// Looks where these pins lead.
    pub async fn resolve_pins(&self, rows: Vec<PinRow>) -> Result<Vec<ResolvedPin>, RegistryError> {
        let targets: Vec<PinTarget> = rows.iter().map(target).collect::<Result<_, _>>()?;
        let mut selection = Selection::default().with(targets.iter().map(|it| &it.namespace));
        for pin in &targets {
            selection.families(pin.kind).insert(pin.qualified().clone());
        }
        let catalog = self.catalog(&selection).await?;
        let resolved = rows.into_iter().zip(&targets).map(|(row, pin)| {
            let versions = catalog.versions(&pin.namespace, pin.kind, pin.qualified());
            ResolvedPin::of(row, &versions)
        });
        resolved.collect()
    }
}

impl ResolvedPin {
    fn of(row: PinRow, versions: &[Candidate<i32>]) -> Result<Self, RegistryError> {
        let pinned = row.pinned()?;
        let version = |requirement| highest(versions, &[requirement]).map(|it| it.version.clone());
        Ok(Self {
            version: version(&pinned.requirement),
            rollout_version: pinned
                .rollout
                .as_ref()
                .and_then(|rollout| version(&rollout.requirement)),
            pinned,
            row,
        })
    }
}

fn target(row: &PinRow) -> Result<PinTarget, RegistryError> {
    PinTarget::new(row.namespace.clone(), row.kind, &row.target)
}
