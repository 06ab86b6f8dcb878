//! Pins: what new tasks of a namespace take.

use super::catalog::{Catalog, Versions, stored};
use super::share::require_use;
use super::until_unmoved::until_unmoved;
use super::{Registry, RegistryError};
use crate::store::RowCount;
use crate::store::audit::{AuditFilter, AuditRow};
use crate::store::catalog::PinFacts;
use crate::store::pin::{NewState, PinBy, PinKey, PinKind, PinRow, SideRow};
use std::slice;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::pin::{PastChange, PinChangeError, Pinned};
use tasker_domain::requirement::{ComponentRef, QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, Existing, highest};

/// One pin, as a request names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinTarget {
    pub namespace: Name,
    pub kind: PinKind,
    qualified: QualifiedName,
    /// As it is stored: the same component is one target, whether its own namespace is written or
    /// not.
    text: String,
}

impl PinTarget {
    /// The pin of this namespace for that template or component; a template has to be its own.
    pub fn new(
        namespace: Name,
        kind: PinKind,
        target: &ComponentRef,
    ) -> Result<Self, RegistryError> {
        let qualified = target.qualified(&namespace);
        let is_own = qualified.namespace == namespace;
        if kind == PinKind::Template && !is_own {
            return Err(RegistryError::ForeignTemplatePin(qualified));
        }
        let text = match is_own {
            true => qualified.name.to_string(),
            false => qualified.to_string(),
        };
        Ok(Self {
            namespace,
            kind,
            qualified,
            text,
        })
    }

    /// What is pinned.
    pub(crate) fn qualified(&self) -> &QualifiedName {
        &self.qualified
    }

    pub(crate) fn key(&self) -> PinKey<'_> {
        PinKey {
            namespace: &self.namespace,
            kind: self.kind,
            target: &self.text,
        }
    }

    pub(crate) fn unknown(&self) -> RegistryError {
        RegistryError::UnknownPin {
            namespace: self.namespace.clone(),
            kind: self.kind,
            target: self.text.clone(),
        }
    }

    pub(crate) fn refused(&self, source: PinChangeError) -> RegistryError {
        RegistryError::PinChange {
            namespace: self.namespace.clone(),
            pin: self.kind.pin_name(&self.text),
            source: Box::new(source),
        }
    }
}

impl Registry {
    /// Sets the pin, in place of one that stood there and its rollout. Refused if nothing that new
    /// tasks may take satisfies the requirement: a pin that no task can follow is a mistake.
    pub async fn set_pin(
        &self,
        pin: &PinTarget,
        requirement: Requirement,
        by: &PinBy<'_>,
    ) -> Result<PinRow, RegistryError> {
        let set = |catalog: &Catalog, _, _: &[PastChange]| {
            check_matches(pin, &catalog.pinnable(pin)?, &requirement)?;
            Ok(NewState::of(Pinned::at(requirement.clone())))
        };
        self.change_pin(pin, by, set).await
    }

    /// Removes the pin; new tasks take what their templates ask for again.
    pub async fn remove_pin(&self, pin: &PinTarget, by: &PinBy<'_>) -> Result<(), RegistryError> {
        match self.store.remove_pin(&pin.key(), by).await? {
            true => Ok(()),
            false => Err(pin.unknown()),
        }
    }

    /// One pin.
    pub async fn pin(&self, pin: &PinTarget) -> Result<PinRow, RegistryError> {
        let row = self.store.pin(&pin.key()).await?;
        row.ok_or_else(|| pin.unknown())
    }

    /// What the guard of a rollout compares: the attempts of the tasks on it, and those of the others.
    pub async fn rollout_figures(&self, pin: &PinTarget) -> Result<[SideRow; 2], RegistryError> {
        let sides = self.store.guard_figures(&pin.key()).await?;
        match <[SideRow; 2]>::try_from(sides) {
            Ok(sides) => Ok(sides),
            Err(_) => {
                self.pin(pin).await?;
                Err(pin.refused(PinChangeError::NoRollout))
            }
        }
    }

    /// Pins by (namespace, kind, target), of these namespaces or of all.
    pub async fn list_pins(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, PinKind, &str)>,
    ) -> Result<Vec<PinRow>, RegistryError> {
        Ok(self.store.list_pins(namespaces, seek).await?)
    }

    /// The changes of a pin by time. A pin that was removed has a history too.
    pub async fn pin_history(
        &self,
        pin: &PinTarget,
        seek: Seek<i64>,
    ) -> Result<Vec<AuditRow>, RegistryError> {
        let subject = pin.key().subject();
        let rows = self.store.list_audit(history_of(pin, &subject), seek);
        let rows = rows.await?;
        match rows.is_empty() && seek.after.is_none() {
            true => Err(pin.unknown()),
            false => Ok(rows),
        }
    }

    /// How many changes a pin has had.
    pub async fn count_pin_history(&self, pin: &PinTarget) -> Result<RowCount, RegistryError> {
        let subject = pin.key().subject();
        Ok(self.store.count_audit(history_of(pin, &subject)).await?)
    }

    /// Changes the pin as is decided within the transaction, by a catalog that is loaded there.
    pub(crate) async fn change_pin(
        &self,
        pin: &PinTarget,
        by: &PinBy<'_>,
        decide: impl Fn(&Catalog, Option<Pinned>, &[PastChange]) -> Result<NewState, RegistryError>,
    ) -> Result<PinRow, RegistryError> {
        let decide = |facts: PinFacts, pinned, past: &[PastChange]| {
            let catalog = stored::catalog(facts.rules, pin.kind, facts.versions)?;
            decide(&catalog, pinned, past)
        };
        let key = pin.key();
        let change = || self.store.change_pin(&key, &pin.qualified, by, &decide);
        until_unmoved(change).await
    }
}

impl Catalog {
    /// All versions of what is pinned, as new tasks of the pin's namespace find them.
    pub(crate) fn pinnable(&self, pin: &PinTarget) -> Result<Versions<'_>, RegistryError> {
        require_use(self, &pin.namespace, &pin.qualified)?;
        Ok(self.versions(&pin.namespace, pin.kind, &pin.qualified))
    }
}

/// The changes of a pin, of which the audit has this subject.
fn history_of<'a>(pin: &'a PinTarget, subject: &'a str) -> AuditFilter<'a> {
    AuditFilter {
        namespaces: slice::from_ref(&pin.namespace),
        subject: Some(subject),
        actions: &["pin"],
        before: None,
    }
}

/// The version that the requirement means now.
pub(crate) fn check_matches<'a>(
    pin: &PinTarget,
    candidates: &'a [Candidate<i32>],
    requirement: &Requirement,
) -> Result<&'a Candidate<i32>, RegistryError> {
    let (kind, target) = (pin.kind, pin.qualified.clone());
    if candidates.is_empty() {
        return Err(RegistryError::Unknown { kind, target });
    }
    highest(candidates, &[requirement]).ok_or_else(|| RegistryError::PinMatchesNothing {
        kind,
        target,
        requirement: Box::new(requirement.clone()),
        existing: Existing::of(candidates).seen_by(&pin.namespace),
    })
}
