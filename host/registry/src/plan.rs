//! A preview of what publishing something would change.

mod component;
mod obstacle;
mod template;

use super::{Registry, RegistryError, Release};
use crate::store::uses::OpenTasksRow;
use semver::Version;
use tasker_compat::{CompatReport, bump};
use tasker_domain::pin::PinKind;
use tasker_domain::plan::{Numbered, OpenTasks};
use tasker_domain::requirement::QualifiedName;

impl Registry {
    /// Holds a number to the compat report, without refusing it.
    async fn numbered(
        &self,
        kind: PinKind,
        target: &QualifiedName,
        version: &Version,
        compat_report: Option<CompatReport>,
    ) -> Result<Numbered, RegistryError> {
        let Some(compat_report) = compat_report else {
            return Ok(Numbered::default());
        };
        let release = Release::new(kind, target, version);
        let lowest_version = match self.check_semver(release, &compat_report).await {
            Ok(()) => None,
            Err(RegistryError::SemverViolation(broken)) => Some(broken.lowest),
            Err(error) => return Err(error),
        };
        Ok(Numbered {
            allowed: Some(bump::allowed(&compat_report.against, version)),
            compat_report: Some(compat_report),
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
