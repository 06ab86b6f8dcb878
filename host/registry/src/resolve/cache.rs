//! What resolution need not choose, read and compile again.

use super::super::catalog::cache::{MAX_NAMESPACES, Revised};
use super::definition::{ChosenTemplate, Definition};
use super::{ResolveRequest, Resolved};
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_engine::bounded_map::{BoundedMap, at_most};

/// Requests whose template version is kept.
const MAX_TEMPLATES: NonZeroUsize = at_most(4_096);
/// Locks that are kept by what led to them.
const MAX_RESOLVED: NonZeroUsize = at_most(8_192);
/// Template definitions that are kept, each with its compiled schema.
const MAX_DEFINITIONS: NonZeroUsize = at_most(256);
/// Descriptors that are kept.
const MAX_DESCRIPTORS: NonZeroUsize = at_most(1_024);
/// Digests that are kept.
const MAX_DIGESTS: NonZeroUsize = at_most(4_096);
/// Tasks with the same request and the same side of the template's rollout.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TemplateKey {
    pub wanted: ResolveRequest,
    pub is_on_rollout: bool,
}

/// Tasks of one template version that are on the same rollouts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct LockKey {
    pub template_version_id: i32,
    /// Names of pins, in order.
    pub rollouts: Vec<String>,
}

/// What one host keeps in memory of resolutions, within bounds.
pub(crate) struct ResolvedCache {
    /// By the revision of the namespace.
    pub(super) templates: Revised<TemplateKey, i64, Arc<ChosenTemplate>>,
    /// By the revisions of all namespaces that it depends on.
    pub(super) locks: Revised<LockKey, Vec<i64>, Arc<Resolved>>,
    /// The namespaces whose components the templates of a namespace run.
    pub(super) owners: BoundedMap<Name, Arc<BTreeSet<Name>>>,
    /// By template version id; a version never changes.
    pub(super) definitions: BoundedMap<i32, Arc<Definition>>,
    /// By component version id; a version never changes.
    pub(super) descriptors: BoundedMap<i32, Arc<Descriptor>>,
    /// Of the bytes, by component version id; a version never changes.
    pub(crate) digests: BoundedMap<i32, Digest>,
}

impl Default for ResolvedCache {
    fn default() -> Self {
        Self {
            templates: Revised::new(MAX_TEMPLATES),
            locks: Revised::new(MAX_RESOLVED),
            owners: BoundedMap::new(MAX_NAMESPACES),
            definitions: BoundedMap::new(MAX_DEFINITIONS),
            descriptors: BoundedMap::new(MAX_DESCRIPTORS),
            digests: BoundedMap::new(MAX_DIGESTS),
        }
    }
}
