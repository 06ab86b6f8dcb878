//! The versions of one component or template.

use semver::Version;
use std::borrow::Cow;
use std::collections::BTreeMap;
use tasker_domain::resolve::{Candidate, Ineligible, VersionState};
use tasker_domain::signature::PublicKey;
use tasker_domain::signing_policy::SigningPolicy;

/// Versions as the tasks of one namespace find them, the highest first.
pub(crate) type Versions<'a> = Cow<'a, [Candidate<i32>]>;

/// All versions of one component or template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Family {
    /// The numbers of its namespace and of itself.
    pub namespace_id: i32,
    pub id: i32,
    /// Counts the changes of a component; 0 of a template.
    pub revision: i64,
    /// The highest first, without a signing policy.
    versions: Vec<Candidate<i32>>,
    /// By version; those that are active and that nobody signed are left out.
    facts: BTreeMap<i32, Facts>,
}

/// What is known of a version.
#[derive(Clone, Debug)]
struct Facts {
    state: VersionState,
    signers: Vec<PublicKey>,
}

/// One version.
#[derive(Clone, Debug)]
pub(crate) struct FamilyVersion {
    pub id: i32,
    pub version: Version,
    pub state: VersionState,
    pub signers: Vec<PublicKey>,
}

impl Family {
    pub fn new(namespace_id: i32, id: i32, revision: i64) -> Self {
        Self {
            namespace_id,
            id,
            revision,
            ..Self::default()
        }
    }

    /// The same with these versions, in place of those with the same numbers.
    pub fn with(&self, versions: Vec<FamilyVersion>) -> Self {
        let mut family = self.clone();
        for new in versions {
            let replaced = family
                .versions
                .iter()
                .position(|it| it.version == new.version);
            if let Some(replaced) = replaced {
                family.versions.swap_remove(replaced);
            }
            family.push(new);
        }
        family.sort();
        family
    }

    /// Of versions that are all different.
    pub fn of(self, versions: impl IntoIterator<Item = FamilyVersion>) -> Self {
        let mut family = self;
        versions.into_iter().for_each(|new| family.push(new));
        family.sort();
        family
    }

    fn push(&mut self, new: FamilyVersion) {
        let (state, signers) = (new.state, new.signers);
        if state != VersionState::ACTIVE || !signers.is_empty() {
            self.facts.insert(new.id, Facts { state, signers });
        }
        self.versions.push(Candidate {
            version: new.version,
            ineligible: state.ineligible(),
            id: new.id,
        });
    }

    fn sort(&mut self) {
        self.versions.sort_by(|a, b| b.version.cmp(&a.version));
    }

    /// All versions, without a signing policy.
    pub fn versions(&self) -> &[Candidate<i32>] {
        &self.versions
    }

    /// What was decided about each version, the highest first.
    pub fn states(&self) -> impl Iterator<Item = (&Candidate<i32>, VersionState)> {
        let state = |id| {
            self.facts
                .get(&id)
                .map_or(VersionState::ACTIVE, |it| it.state)
        };
        self.versions.iter().map(move |it| (it, state(it.id)))
    }

    /// All versions, checked by this policy.
    pub fn held_to(&self, policy: &SigningPolicy) -> Versions<'_> {
        if policy.is_open() {
            return Cow::Borrowed(&self.versions);
        }
        let held = self.versions.iter().map(|candidate| {
            let facts = self.facts.get(&candidate.id);
            let is_signed = facts.is_some_and(|facts| policy.accepts(&facts.signers));
            let unsigned = (!is_signed).then_some(Ineligible::Unsigned);
            Candidate {
                ineligible: candidate.ineligible.or(unsigned),
                ..candidate.clone()
            }
        });
        Cow::Owned(held.collect())
    }
}
