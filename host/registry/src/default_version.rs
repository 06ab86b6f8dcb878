//! The version that a new task takes where it asks for none: the one meaning of `latest`.

use semver::Version;
use std::collections::BTreeMap;
use tasker_domain::requirement::Requirement;
use tasker_domain::resolve::{Candidate, Ineligible, Pin};

/// How many versions new tasks may not take, by the reason.
pub type IneligibleCounts = BTreeMap<Ineligible, usize>;

/// All versions of a template or component as a list has them, each with why new tasks may not take it,
/// if so; and the pin of its own namespace.
#[derive(Debug)]
pub struct FamilyVersions<'a> {
    pub versions: &'a [String],
    /// In the order of the versions.
    pub bars: &'a [Option<String>],
    pub pin: Option<&'a str>,
}

/// A row of a list of templates or components.
pub trait ListedVersions {
    fn family(&self) -> FamilyVersions<'_>;

    /// What a new task takes that asks for no version: of a component, in its own namespace.
    fn default_version(&self) -> Option<Version> {
        self.family().default_version()
    }

    fn bar_counts(&self) -> IneligibleCounts {
        self.family().bar_counts()
    }
}

impl FamilyVersions<'_> {
    /// What resolution chooses for a task of this namespace that is on no ramp; none where it would
    /// refuse the task.
    pub fn default_version(&self) -> Option<Version> {
        let candidates: Vec<Candidate<()>> = self.candidates().collect();
        let requirement = match self.pin {
            Some(pin) => pin.parse().ok()?,
            None => Requirement::any(),
        };
        let chosen = Pin::at(requirement).highest(&candidates, None);
        chosen.map(|chosen| chosen.version.clone())
    }

    pub fn bar_counts(&self) -> IneligibleCounts {
        let mut counts = IneligibleCounts::new();
        for reason in self.candidates().filter_map(|it| it.bar) {
            *counts.entry(reason).or_default() += 1;
        }
        counts
    }

    /// What this version of the host cannot read is no candidate.
    fn candidates(&self) -> impl Iterator<Item = Candidate<()>> {
        let pairs = self.versions.iter().zip(self.bars);
        pairs.filter_map(|(version, bar)| {
            let bar = match bar {
                None => None,
                Some(name) => Some(Ineligible::named(name)?),
            };
            Some(Candidate {
                version: Version::parse(version).ok()?,
                bar,
                id: (),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_of(versions: &[(&str, Option<&str>)], pin: Option<&str>) -> Option<String> {
        let (versions, bars): (Vec<_>, Vec<_>) = versions
            .iter()
            .map(|(version, bar)| ((*version).to_owned(), bar.map(str::to_owned)))
            .unzip();
        let family = FamilyVersions {
            versions: &versions,
            bars: &bars,
            pin,
        };
        family.default_version().map(|version| version.to_string())
    }

    #[test]
    fn it_is_the_highest_stable_version_that_new_tasks_may_take() {
        let versions = [
            ("0.9.0", None),
            ("0.10.0", None),
            ("0.11.0", Some("yanked")),
            ("1.0.0-rc.1", None),
        ];
        assert_eq!(default_of(&versions, None).as_deref(), Some("0.10.0"));
        assert_eq!(
            default_of(&versions, Some("^0.9")).as_deref(),
            Some("0.9.0")
        );
        assert_eq!(
            default_of(&versions, Some("=1.0.0-rc.1")).as_deref(),
            Some("1.0.0-rc.1")
        );
    }

    #[test]
    fn there_is_none_where_a_new_task_would_be_refused() {
        assert_eq!(default_of(&[("1.0.0-alpha", None)], None), None);
        assert_eq!(default_of(&[("1.0.0", Some("quarantined"))], None), None);
        assert_eq!(default_of(&[("1.0.0", None)], Some("^2")), None);
    }
}
