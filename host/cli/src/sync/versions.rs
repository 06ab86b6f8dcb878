//! Versions that a host has or is to get from a folder.

use crate::client::versions;
use crate::{CliError, Context, Exit};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use tasker_compat::bump;
use tasker_domain::capability::{Capability, missing};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::pin::PinKind;
use tasker_domain::plan::AssumedVersion;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, Existing, Ineligible, highest};
use tasker_domain::scope::Scope;
use tasker_domain::template::Template;
use tasker_wire::component::{ComponentVersion, ShowComponent};
use tasker_wire::template::{ShowTemplate, TemplateVersion};

/// Versions by kind and name, those of the folder among them once they are planned.
#[derive(Default)]
pub struct Versions {
    families: BTreeMap<(PinKind, QualifiedName), Vec<Known>>,
    /// What the folder grants before anything is uploaded.
    granted: Vec<(Scope, Capability)>,
}

/// One version of a component or template.
#[derive(Clone)]
pub struct Known {
    pub version: Version,
    pub digest: Digest,
    /// Why new tasks may not take it, once it has its bytes.
    pub ineligible: Option<Ineligible>,
    pub is_collected: bool,
    /// What the folder brings; none of what the host has.
    brings: Option<Arc<Brought>>,
}

/// What a version of the folder is.
pub enum Brought {
    Component {
        path: PathBuf,
        /// What the host found in it.
        descriptor: Box<Descriptor>,
    },
    Template(Box<Template>),
}

/// Whether a pin could be set.
pub enum Met {
    Yes,
    /// Why not.
    No(String),
    /// Only the host could say: the caller may not read the namespace.
    Untold,
}

impl Versions {
    pub fn with_grants(granted: Vec<(Scope, Capability)>) -> Self {
        Self {
            granted,
            ..Self::default()
        }
    }

    /// Whether new tasks could take some version that a pin allows, as the host would ask when the
    /// pin is set.
    pub async fn met(
        &mut self,
        kind: PinKind,
        target: &QualifiedName,
        requirement: &Requirement,
        context: &Context,
    ) -> Result<Met, CliError> {
        let known = match self.family(kind, target, context).await {
            Ok(known) => known,
            // It may be shared all the same.
            Err(CliError::Problem(problem)) if problem.exit() == Exit::Forbidden => {
                return Ok(Met::Untold);
            }
            Err(error) => return Err(error),
        };
        let candidates: Vec<Candidate<()>> = known.iter().map(Known::candidate).collect();
        if candidates.is_empty() {
            let kind = kind.into_str();
            let what = format!("there is no {kind} {target}; publish one or correct the name");
            return Ok(Met::No(what));
        }
        if highest(&candidates, &[requirement]).is_some() {
            return Ok(Met::Yes);
        }
        let has = Existing::of(&candidates);
        let mend = match known
            .iter()
            .find(|it| it.brings.is_some() && it.waits_for(requirement))
        {
            Some(it) => format!(
                "publish {target}@{} by itself and approve it, then sync",
                it.version
            ),
            None => "publish one or pin another".to_owned(),
        };
        let kind = kind.into_str();
        let what = format!("{kind} {target} has {has}; none satisfies {requirement}; {mend}");
        Ok(Met::No(what))
    }

    async fn family(
        &mut self,
        kind: PinKind,
        target: &QualifiedName,
        context: &Context,
    ) -> Result<&mut Vec<Known>, CliError> {
        let key = (kind, target.clone());
        if !self.families.contains_key(&key) {
            let known = match present(kind, target, context).await {
                Ok(known) => known,
                Err(CliError::Problem(problem)) if problem.exit() == Exit::NotFound => Vec::new(),
                Err(error) => return Err(error),
            };
            self.families.insert(key.clone(), known);
        }
        Ok(self.families.entry(key).or_default())
    }

    pub async fn find(
        &mut self,
        kind: PinKind,
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
        kind: PinKind,
        target: &QualifiedName,
        version: &Version,
        (digest, brought): (Digest, Brought),
        ineligible: Option<Ineligible>,
    ) {
        let known = self.families.entry((kind, target.clone())).or_default();
        known.retain(|known| known.version != *version);
        known.push(Known {
            version: version.clone(),
            digest,
            ineligible,
            is_collected: false,
            brings: Some(Arc::new(brought)),
        });
    }

    /// The version of the folder that a host would compare this one with, once it is there, and what
    /// it is; none where that is one which the host has.
    pub fn new_below(
        &self,
        kind: PinKind,
        target: &QualifiedName,
        of: &Version,
    ) -> Option<(&Version, &Brought)> {
        let known = self.families.get(&(kind, target.clone()))?;
        let usable = known
            .iter()
            .filter(|it| it.ineligible != Some(Ineligible::Quarantined));
        let against = bump::baseline(of, usable.map(|it| &it.version))?;
        let known = known.iter().find(|it| it.version == *against)?;
        Some((against, known.brings.as_deref()?))
    }

    /// Every number that there is or will be.
    pub fn numbers(&self, kind: PinKind, target: &QualifiedName) -> Vec<Version> {
        let known = self.families.get(&(kind, target.clone()));
        let known = known.into_iter().flatten();
        known.map(|it| it.version.clone()).collect()
    }

    /// Versions of these components that the folder brings for new tasks, as a plan is told of them.
    pub fn assumed(&self, components: &BTreeSet<QualifiedName>) -> Vec<AssumedVersion> {
        let named = components.iter().flat_map(|target| {
            let known = self.families.get(&(PinKind::Component, target.clone()));
            let known = known.into_iter().flatten();
            known.map(move |known| (target, known))
        });
        let assumed = named.filter_map(|(target, known)| {
            let Brought::Component { descriptor, .. } = known.brings.as_deref()? else {
                return None;
            };
            known.ineligible.is_none().then(|| AssumedVersion {
                namespace: target.namespace.clone(),
                component: target.name.clone(),
                version: known.version.clone(),
                descriptor: (**descriptor).clone(),
            })
        });
        assumed.collect()
    }

    /// What still needs approval when the folder's grants are made and its other versions are
    /// there. Grants count for a component's first version; a later one is measured by what the
    /// highest below it requests that new tasks may take.
    pub fn unapproved(
        &self,
        target: &QualifiedName,
        version: &Version,
        descriptor: &Descriptor,
        mut unapproved: Vec<String>,
    ) -> Vec<String> {
        let known = self.families.get(&(PinKind::Component, target.clone()));
        let below = known.into_iter().flatten().filter(|it| {
            it.version < *version && matches!(it.ineligible, None | Some(Ineligible::Quarantined))
        });
        match below.max_by_key(|it| &it.version).map(|it| &it.brings) {
            Some(Some(brought)) => return brought.beyond(descriptor),
            Some(None) => return unapproved,
            None => {}
        }
        let own = self
            .granted
            .iter()
            .filter(|(scope, _)| scope.includes(target.name.as_str()));
        let own: Vec<_> = own.map(|(_, capability)| capability).collect();
        unapproved.retain(|request| {
            let request = request.parse::<Capability>();
            !request.is_ok_and(|request| own.iter().any(|grant| grant.covers(&request)))
        });
        unapproved
    }
}

impl Brought {
    /// What the component requests that this one does not.
    fn beyond(&self, newer: &Descriptor) -> Vec<String> {
        let agreed = match self {
            Self::Component { descriptor, .. } => descriptor.requested(),
            Self::Template(_) => Vec::new(),
        };
        let more = missing(&newer.requested(), &agreed);
        more.iter().map(Capability::to_string).collect()
    }
}

impl Known {
    fn candidate(&self) -> Candidate<()> {
        let collected = self.is_collected.then_some(Ineligible::Collected);
        Candidate {
            version: self.version.clone(),
            ineligible: collected.or(self.ineligible),
            id: (),
        }
    }

    fn waits_for(&self, requirement: &Requirement) -> bool {
        self.ineligible == Some(Ineligible::NeedsApproval) && requirement.matches(&self.version)
    }
}

/// The versions that the host has.
async fn present(
    kind: PinKind,
    target: &QualifiedName,
    context: &Context,
) -> Result<Vec<Known>, CliError> {
    let (namespace, name) = (target.namespace.clone(), target.name.clone());
    let client = &context.client;
    Ok(match kind {
        PinKind::Component => {
            let found = versions(client, ShowComponent::at(namespace, name)).await?;
            found.value.versions.into_iter().map(Known::from).collect()
        }
        PinKind::Template => {
            let found = versions(client, ShowTemplate::at(namespace, name)).await?;
            found.value.versions.into_iter().map(Known::from).collect()
        }
    })
}

impl From<ComponentVersion> for Known {
    fn from(version: ComponentVersion) -> Self {
        Self {
            ineligible: version.ineligible_with_bytes(),
            is_collected: version.collected_at.is_some(),
            version: version.version,
            digest: version.digest,
            brings: None,
        }
    }
}

impl From<TemplateVersion> for Known {
    fn from(version: TemplateVersion) -> Self {
        Self {
            ineligible: version.status.ineligible(),
            is_collected: false,
            version: version.version,
            digest: version.digest,
            brings: None,
        }
    }
}
