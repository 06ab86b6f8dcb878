//! Versions that a host has or is to get from a folder.

use crate::client::versions;
use crate::{Context, Exit, Reference, Result};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use tasker_compat::bump;
use tasker_domain::capability::{Capability, missing};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::plan::AssumedVersion;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, Existing, Ineligible, highest};
use tasker_domain::scope::Scope;
use tasker_domain::template::Template;
use tasker_wire::component::{ComponentVersion, ShowComponent};
use tasker_wire::template::{ShowTemplate, TemplateVersion};

/// A component or template with all its versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Family {
    pub kind: PinKind,
    pub name: QualifiedName,
}

/// Versions of families, those of the folder among them once they are planned.
pub struct Versions<'a> {
    pub context: &'a Context,
    families: BTreeMap<Family, Vec<Known>>,
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

/// One version of a family.
#[derive(Clone, Debug)]
pub struct Release {
    pub family: Family,
    pub version: Version,
}

impl Family {
    /// One of this namespace.
    pub fn own(kind: PinKind, namespace: &Name, name: &Name) -> Self {
        let (namespace, name) = (namespace.clone(), name.clone());
        let name = QualifiedName { namespace, name };
        Self { kind, name }
    }
}

impl Release {
    pub fn reference(&self) -> Reference {
        let QualifiedName { namespace, name } = &self.family.name;
        Reference::family_of(namespace, name).at(self.version.clone())
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.family, self.version)
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.into_str(), self.name)
    }
}

impl<'a> Versions<'a> {
    pub fn new(granted: Vec<(Scope, Capability)>, context: &'a Context) -> Self {
        Self {
            context,
            families: BTreeMap::new(),
            granted,
        }
    }

    /// Whether new tasks could take some version that a pin allows, as the host would ask when the
    /// pin is set.
    pub async fn met(&mut self, family: &Family, requirement: &Requirement) -> Result<Met> {
        let known = match self.read(family).await {
            Ok(known) => known,
            // It may be shared all the same.
            Err(error) if error.ends_with(Exit::Forbidden) => return Ok(Met::Untold),
            Err(error) => return Err(error),
        };
        let candidates: Vec<Candidate<()>> = known.iter().map(Known::candidate).collect();
        if candidates.is_empty() {
            let what = format!("there is no {family}; publish one or correct the name");
            return Ok(Met::No(what));
        }
        if highest(&candidates, &[requirement]).is_some() {
            return Ok(Met::Yes);
        }
        let waiting = known
            .iter()
            .find(|it| it.brings.is_some() && it.waits_for(requirement));
        let mend = match waiting {
            Some(it) => {
                let (name, version) = (&family.name, &it.version);
                format!("publish {name}@{version} by itself and approve it, then sync")
            }
            None => "publish one or pin another".to_owned(),
        };
        let has = Existing::of(&candidates);
        let what = format!("{family} has {has}; none satisfies {requirement}; {mend}");
        Ok(Met::No(what))
    }

    /// All versions of a family; the host is asked once.
    async fn read(&mut self, family: &Family) -> Result<&[Known]> {
        if !self.families.contains_key(family) {
            let known = match present(family, self.context).await {
                Ok(known) => known,
                Err(error) if error.ends_with(Exit::NotFound) => Vec::new(),
                Err(error) => return Err(error),
            };
            self.families.insert(family.clone(), known);
        }
        Ok(self.known(family))
    }

    /// The versions of a family that was read.
    fn known(&self, family: &Family) -> &[Known] {
        self.families.get(family).map_or(&[], Vec::as_slice)
    }

    pub async fn find(&mut self, release: &Release) -> Result<Option<Known>> {
        let known = self.read(&release.family).await?;
        let found = known.iter().find(|it| it.version == release.version);
        Ok(found.cloned())
    }

    /// Adds a version that the folder brings.
    pub fn bring(
        &mut self,
        release: &Release,
        digest: Digest,
        brought: Brought,
        ineligible: Option<Ineligible>,
    ) {
        let Release { family, version } = release.clone();
        let known = self.families.entry(family).or_default();
        known.retain(|known| known.version != version);
        known.push(Known {
            version,
            digest,
            ineligible,
            is_collected: false,
            brings: Some(Arc::new(brought)),
        });
    }

    /// The version of the folder that a host would compare this one with, once it is there, and what
    /// it is; none where that is one which the host has.
    pub fn new_below(&self, of: &Release) -> Option<(&Version, &Brought)> {
        let known = self.known(&of.family);
        let is_usable = |it: &&Known| it.ineligible != Some(Ineligible::Quarantined);
        let usable = known.iter().filter(is_usable).map(|it| &it.version);
        let against = bump::baseline(&of.version, usable)?;
        let known = known.iter().find(|it| it.version == *against)?;
        Some((against, known.brings.as_deref()?))
    }

    /// Every number that there is or will be.
    pub fn numbers(&self, family: &Family) -> Vec<Version> {
        let known = self.known(family).iter();
        known.map(|it| it.version.clone()).collect()
    }

    /// Versions of these components that the folder brings for new tasks, as a plan is told of them.
    pub fn assumed(&self, components: BTreeSet<QualifiedName>) -> Vec<AssumedVersion> {
        let families = components.into_iter().map(|name| Family {
            kind: PinKind::Component,
            name,
        });
        let assumed = families.flat_map(|family| {
            let known = self.known(&family).iter();
            let assumed = known.filter_map(|known| known.assumed(&family));
            assumed.collect::<Vec<_>>()
        });
        assumed.collect()
    }

    /// What still needs approval when the folder's grants are made and its other versions are
    /// there. Grants count for a component's first version; a later one is measured by what the
    /// highest below it requests that new tasks may take.
    pub fn unapproved(
        &self,
        release: &Release,
        descriptor: &Descriptor,
        mut unapproved: Vec<String>,
    ) -> Vec<String> {
        let Release { family, version } = release;
        let below = self.known(family).iter().filter(|it| {
            it.version < *version && matches!(it.ineligible, None | Some(Ineligible::Quarantined))
        });
        match below.max_by_key(|it| &it.version).map(|it| &it.brings) {
            Some(Some(brought)) => return brought.beyond(descriptor),
            Some(None) => return unapproved,
            None => {}
        }
        let name = family.name.name.as_str();
        let own = self
            .granted
            .iter()
            .filter(|(scope, _)| scope.includes(name));
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

    /// As a plan is told of it, where the folder brings it for new tasks.
    fn assumed(&self, family: &Family) -> Option<AssumedVersion> {
        let Brought::Component { descriptor, .. } = self.brings.as_deref()? else {
            return None;
        };
        self.ineligible.is_none().then(|| AssumedVersion {
            namespace: family.name.namespace.clone(),
            component: family.name.name.clone(),
            version: self.version.clone(),
            descriptor: (**descriptor).clone(),
        })
    }
}

/// The versions that the host has.
async fn present(family: &Family, context: &Context) -> Result<Vec<Known>> {
    let QualifiedName { namespace, name } = family.name.clone();
    let client = &context.client;
    Ok(match family.kind {
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
