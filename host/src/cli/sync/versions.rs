//! Versions that a host has or is to get from a folder.

use crate::cli::view::Standing;
use crate::cli::{CliError, Context, Exit, list};
use crate::domain::capability::Capability;
use crate::domain::digest::Digest;
use crate::domain::requirement::{QualifiedName, Requirement};
use crate::domain::resolve::{Bar, Candidate, Existing, highest};
use crate::domain::scope::Scope;
use semver::Version;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Versions by kind and name, those of the folder among them once they are planned.
#[derive(Default)]
pub struct Versions {
    families: BTreeMap<(&'static str, QualifiedName), Vec<Known>>,
    /// What the folder grants before anything is uploaded.
    granted: Vec<(Scope, Capability)>,
}

/// One version of a component or template.
#[derive(Clone)]
pub struct Known {
    pub version: Version,
    pub digest: Digest,
    /// Why new tasks may not take it, once it has its bytes.
    pub bar: Option<Bar>,
    pub is_collected: bool,
    /// Not on the host yet.
    is_new: bool,
}

/// A version as the API tells it, of either kind.
#[derive(Deserialize)]
struct Line {
    version: Version,
    digest: Digest,
    #[serde(flatten)]
    standing: Standing,
}

impl Versions {
    pub fn with_grants(granted: Vec<(Scope, Capability)>) -> Self {
        Self {
            granted,
            ..Self::default()
        }
    }

    /// Whether new tasks could take some version that a pin allows, as the host would ask when the
    /// pin is set; else why not.
    pub async fn met(
        &mut self,
        kind: &'static str,
        target: &QualifiedName,
        requirement: &Requirement,
        context: &Context,
    ) -> Result<Result<(), String>, CliError> {
        let known = self.family(kind, target, context).await?;
        let candidates: Vec<Candidate<()>> = known.iter().map(Known::candidate).collect();
        if candidates.is_empty() {
            let what = format!("there is no {kind} {target}; publish one or correct the name");
            return Ok(Err(what));
        }
        if highest(&candidates, &[requirement]).is_some() {
            return Ok(Ok(()));
        }
        let has = Existing::of(&candidates);
        let mend = match known
            .iter()
            .find(|it| it.is_new && it.waits_for(requirement))
        {
            Some(it) => format!(
                "push {target}@{} by itself and approve it, then sync",
                it.version
            ),
            None => "publish one or pin another".to_owned(),
        };
        let what = format!("{kind} {target} has {has}; none satisfies {requirement}; {mend}");
        Ok(Err(what))
    }

    async fn family(
        &mut self,
        kind: &'static str,
        target: &QualifiedName,
        context: &Context,
    ) -> Result<&mut Vec<Known>, CliError> {
        let key = (kind, target.clone());
        if !self.families.contains_key(&key) {
            let plural = format!("{kind}s");
            let (namespace, name) = (target.namespace.as_str(), target.name.as_str());
            let path = ["namespaces", namespace, &plural, name];
            let lines = match list::versions::<Line>(&context.client, &path).await {
                Ok(family) => family.value.versions,
                Err(CliError::Problem(problem)) if problem.exit() == Exit::NotFound => Vec::new(),
                Err(error) => return Err(error),
            };
            let known = lines.into_iter().map(Known::from).collect();
            self.families.insert(key.clone(), known);
        }
        Ok(self.families.entry(key).or_default())
    }

    pub async fn find(
        &mut self,
        kind: &'static str,
        target: &QualifiedName,
        version: &Version,
        context: &Context,
    ) -> Result<Option<Known>, CliError> {
        let known = self.family(kind, target, context).await?;
        let found = known.iter().find(|known| known.version == *version);
        Ok(found.cloned())
    }

    /// Adds a version that the folder brings.
    pub fn bring(
        &mut self,
        kind: &'static str,
        target: &QualifiedName,
        version: &Version,
        digest: Digest,
        bar: Option<Bar>,
    ) {
        let known = self.families.entry((kind, target.clone())).or_default();
        known.retain(|known| known.version != *version);
        known.push(Known {
            version: version.clone(),
            digest,
            bar,
            is_collected: false,
            is_new: true,
        });
    }

    /// The highest version of the folder that a host would compare this one with, once it is there.
    pub fn new_below(
        &self,
        kind: &'static str,
        target: &QualifiedName,
        of: &Version,
    ) -> Option<&Known> {
        let known = self.families.get(&(kind, target.clone()))?;
        let below = known.iter().filter(|known| known.version < *of);
        let against = below.max_by_key(|it| (it.version.pre.is_empty(), it.version.clone()))?;
        against.is_new.then_some(against)
    }

    /// What is still to be agreed to when the folder's grants are made. They count for a component's
    /// first version; a later one is measured by what those below it want.
    pub fn beyond_grants(
        &self,
        target: &QualifiedName,
        version: &Version,
        mut wants: Vec<String>,
    ) -> Vec<String> {
        let known = self.families.get(&("component", target.clone()));
        let mut below = known
            .into_iter()
            .flatten()
            .filter(|it| it.version < *version);
        if below.any(|it| it.bar.is_none() || it.bar == Some(Bar::Quarantined)) {
            return wants;
        }
        let own = self
            .granted
            .iter()
            .filter(|(scope, _)| scope.includes(target.name.as_str()));
        let own: Vec<_> = own.map(|(_, capability)| capability).collect();
        wants.retain(|want| {
            let want = want.parse::<Capability>();
            !want.is_ok_and(|want| own.iter().any(|grant| grant.covers(&want)))
        });
        wants
    }
}

impl Known {
    fn candidate(&self) -> Candidate<()> {
        let collected = self.is_collected.then_some(Bar::Collected);
        Candidate {
            version: self.version.clone(),
            bar: collected.or(self.bar),
            id: (),
        }
    }

    fn waits_for(&self, requirement: &Requirement) -> bool {
        self.bar == Some(Bar::NeedsApproval) && requirement.matches(&self.version)
    }
}

impl From<Line> for Known {
    fn from(line: Line) -> Self {
        Self {
            version: line.version,
            digest: line.digest,
            bar: line.standing.bar_with_bytes(),
            is_collected: line.standing.is_collected(),
            is_new: false,
        }
    }
}
