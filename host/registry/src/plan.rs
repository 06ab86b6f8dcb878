//! What publishing something would change, told before anything changes.

mod component;
mod obstacle;
pub mod step_reach;
mod template;

pub use component::ComponentPlan;
pub use obstacle::{Obstacle, ObstacleCode};
pub use template::TemplatePlan;

use super::{Kind, Registry, RegistryError, Release};
use crate::store::uses::OpenTasksRow;
use semver::Version;
use serde::Serialize;
use tasker_compat::{CompatReport, Level, promise};
use tasker_domain::requirement::QualifiedName;

/// What a version changes, and whether its number says so.
#[derive(Clone, Debug, Serialize)]
pub struct Numbered {
    /// Null where nothing stands below it that it could be compared with.
    pub verdict: Option<CompatReport>,
    /// The gravest change that the number leaves room for; null without a verdict.
    pub allowed: Option<Level>,
    /// The lowest number that leaves room for the changes; null where this one does.
    pub lowest_version: Option<Version>,
}

/// Tasks under way that a version is in the lock of. They keep it, whatever is published.
#[derive(Clone, Debug, Serialize)]
pub struct OpenTasks {
    pub version: Version,
    pub open_tasks: i64,
}

impl Registry {
    /// Holds a number to the verdict, without refusing it.
    async fn numbered(
        &self,
        kind: Kind,
        target: &QualifiedName,
        version: &Version,
        verdict: Option<CompatReport>,
    ) -> Result<Numbered, RegistryError> {
        let Some(verdict) = verdict else {
            return Ok(Numbered {
                verdict: None,
                allowed: None,
                lowest_version: None,
            });
        };
        let release = Release {
            kind,
            target: target.clone(),
            version: version.clone(),
        };
        let lowest_version = match self.check_semver(release, &verdict).await {
            Ok(()) => None,
            Err(RegistryError::PromisesTooMuch(broken)) => Some(broken.lowest),
            Err(error) => return Err(error),
        };
        Ok(Numbered {
            allowed: Some(promise::allowed(&verdict.against, version)),
            verdict: Some(verdict),
            lowest_version,
        })
    }
}

/// The highest version first.
fn open_tasks(rows: Vec<OpenTasksRow>) -> Result<Vec<OpenTasks>, RegistryError> {
    let parsed = rows.into_iter().map(|row| {
        Ok::<_, RegistryError>(OpenTasks {
            version: super::version::parse_version(&row.version)?,
            open_tasks: row.open_tasks,
        })
    });
    let mut parsed = parsed.collect::<Result<Vec<_>, _>>()?;
    parsed.sort_by(|a, b| b.version.cmp(&a.version));
    Ok(parsed)
}
