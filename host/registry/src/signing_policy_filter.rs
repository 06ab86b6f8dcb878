//! What namespaces take of what is published, by their signing policies.

use super::{Registry, RegistryError};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Candidate, Ineligible};

/// The versions that namespaces with a signing policy take, by namespace; all others take all.
pub(crate) struct SigningPolicyFilter(BTreeMap<String, BTreeSet<i32>>);

impl Registry {
    /// What namespaces take of one component, or of all.
    pub(crate) async fn taking(
        &self,
        component: Option<&QualifiedName>,
    ) -> Result<SigningPolicyFilter, RegistryError> {
        let rows = self.store.signed_versions(component).await?.into_iter();
        let signed = rows.map(|row| (row.namespace, row.versions.into_iter().collect()));
        Ok(SigningPolicyFilter(signed.collect()))
    }
}

impl SigningPolicyFilter {
    /// True where the namespace has a signing policy.
    pub(crate) fn is_held(&self, namespace: &str) -> bool {
        self.0.contains_key(namespace)
    }

    /// The versions as new tasks of this namespace find them.
    pub(crate) fn seen_by<'c>(
        &self,
        namespace: &str,
        candidates: &'c [Candidate<i32>],
    ) -> Cow<'c, [Candidate<i32>]> {
        let Some(signed) = self.0.get(namespace) else {
            return Cow::Borrowed(candidates);
        };
        let held = candidates.iter().map(|candidate| {
            let unsigned = (!signed.contains(&candidate.id)).then_some(Ineligible::Unsigned);
            Candidate {
                bar: candidate.bar.or(unsigned),
                ..candidate.clone()
            }
        });
        Cow::Owned(held.collect())
    }
}
