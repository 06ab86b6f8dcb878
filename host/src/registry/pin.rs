//! Pins: what new tasks of a namespace take.

use super::discover::parse_versions;
use super::{Kind, Registry, RegistryError};
use crate::domain::actor::Actor;
use crate::domain::name::Name;
use crate::domain::requirement::{ComponentRef, QualifiedName, Requirement};
use crate::domain::resolve::{Candidate, Existing, highest};
use crate::store::pin::{PinKind, PinRow};

impl From<PinKind> for Kind {
    fn from(kind: PinKind) -> Self {
        match kind {
            PinKind::Component => Self::Component,
            PinKind::Template => Self::Template,
        }
    }
}

impl Registry {
    /// Sets the pin, in place of one that stood there. Refused where nothing that exists satisfies
    /// the requirement: a pin that no task can follow is a mistake.
    pub async fn set_pin(
        &self,
        namespace: &Name,
        kind: PinKind,
        target: &ComponentRef,
        requirement: &Requirement,
        actor: &Actor,
        reason: &str,
    ) -> Result<PinRow, RegistryError> {
        let qualified = target.qualified(namespace);
        if kind == PinKind::Template && qualified.namespace != *namespace {
            return Err(RegistryError::ForeignTemplatePin(qualified));
        }
        let candidates = self.pinnable(kind, &qualified).await?;
        check_matches(kind.into(), &qualified, &candidates, requirement)?;
        let target = pin_target(namespace, target);
        let row = self
            .store
            .set_pin(
                namespace,
                kind,
                &target,
                requirement.as_str(),
                actor,
                reason,
            )
            .await?;
        Ok(row)
    }

    /// Removes the pin; new tasks take what their templates ask for again.
    pub async fn remove_pin(
        &self,
        namespace: &Name,
        kind: PinKind,
        target: &ComponentRef,
        actor: &Actor,
    ) -> Result<(), RegistryError> {
        let target = pin_target(namespace, target);
        match self
            .store
            .remove_pin(namespace, kind, &target, actor)
            .await?
        {
            true => Ok(()),
            false => {
                let namespace = namespace.clone();
                Err(RegistryError::UnknownPin {
                    namespace,
                    kind: kind.into(),
                    target,
                })
            }
        }
    }

    /// Pins by (namespace, kind, target), after the given triple, `limit` at most.
    pub async fn list_pins(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, PinKind, &str)>,
        limit: i64,
    ) -> Result<Vec<PinRow>, RegistryError> {
        Ok(self.store.list_pins(namespace, after, limit).await?)
    }

    async fn pinnable(
        &self,
        kind: PinKind,
        target: &QualifiedName,
    ) -> Result<Vec<Candidate<()>>, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let versions: Vec<String> = match kind {
            PinKind::Component => {
                let rows = self.store.component_versions(namespace, name).await?;
                rows.into_iter().map(|row| row.version).collect()
            }
            PinKind::Template => {
                let rows = self.store.template_candidates(namespace, name).await?;
                rows.into_iter().map(|row| row.version).collect()
            }
        };
        let candidate = |version| Candidate {
            version,
            bar: None,
            id: (),
        };
        Ok(parse_versions(&versions)?
            .into_iter()
            .map(candidate)
            .collect())
    }
}

/// The same component is one target, whether its own namespace is written or not.
fn pin_target(namespace: &Name, target: &ComponentRef) -> String {
    match &target.namespace {
        Some(other) if other != namespace => target.to_string(),
        Some(_) | None => target.component.to_string(),
    }
}

fn check_matches(
    kind: Kind,
    target: &QualifiedName,
    candidates: &[Candidate<()>],
    requirement: &Requirement,
) -> Result<(), RegistryError> {
    if candidates.is_empty() {
        return Err(RegistryError::Unknown {
            kind,
            target: target.clone(),
        });
    }
    match highest(candidates, &[requirement]) {
        Some(_) => Ok(()),
        None => Err(RegistryError::PinMatchesNothing {
            kind,
            target: target.clone(),
            requirement: Box::new(requirement.clone()),
            existing: Existing::of(candidates),
        }),
    }
}
