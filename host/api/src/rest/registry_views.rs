//! What there is and who uses it, as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use tasker_domain::descriptor::{HandlerDescription, Provenance};
use tasker_domain::hidden::Hidden;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionStatus;
use tasker_domain::template::{Step, Template};
use tasker_registry::inventory::{Described, Family, Release, Tree};
use tasker_registry::store::inventory::{LanguageRow, NamespaceRow, RegistryCounts};
use tasker_registry::uses::{PinUse, StepUse, UsedVersion, Uses};

/// A namespace in a list.
#[derive(Serialize)]
pub struct NamespaceView {
    name: String,
    components: i64,
    component_versions: i64,
    templates: i64,
    template_versions: i64,
    pins: i64,
    open_tasks: i64,
    created_at: DateTime<Utc>,
}

/// All that is in a namespace.
#[derive(Serialize)]
pub struct TreeView {
    namespace: Name,
    templates: Vec<FamilyView<TemplateLeaf>>,
    components: Vec<FamilyView<ComponentLeaf>>,
    /// There are more templates or components than are told.
    is_cut: bool,
}

#[derive(Serialize)]
struct FamilyView<T> {
    name: String,
    version_count: usize,
    /// The highest ones, the highest first.
    versions: Vec<ReleaseView<T>>,
}

#[derive(Serialize)]
struct ReleaseView<T> {
    version: String,
    status: VersionStatus,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
struct TemplateLeaf {
    steps: Vec<StepLeaf>,
}

#[derive(Serialize)]
struct StepLeaf {
    name: Name,
    /// `namespace/name` of the component that it runs.
    component: String,
    handler: Name,
    requirement: String,
}

#[derive(Serialize)]
struct ComponentLeaf {
    /// No host starts its code.
    quarantined: bool,
    /// When its bytes were removed, since nothing needed it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    collected_at: Option<DateTime<Utc>>,
    handlers: Vec<HandlerDescription>,
    capabilities: Vec<String>,
    provenance: Option<Provenance>,
}

/// Who uses a component.
#[derive(Serialize)]
pub struct UsesView {
    namespace: Name,
    component: Name,
    versions: Vec<UsedVersionView>,
    steps: Vec<StepUseView>,
    pins: Vec<PinUseView>,
    /// There are more steps or pins than are told.
    is_cut: bool,
    /// Steps and pins of namespaces that the caller may not read.
    hidden: Hidden,
}

#[derive(Serialize)]
struct UsedVersionView {
    version: String,
    /// `active`, `yanked`, `needs_approval` or `quarantined`.
    status: &'static str,
    open_tasks: i64,
    /// Steps of templates that would take it for a new task.
    steps: usize,
}

#[derive(Serialize)]
struct StepUseView {
    namespace: String,
    template: String,
    version: String,
    status: VersionStatus,
    step: String,
    handler: Name,
    requirement: String,
    /// What a new task would take here; null where no version will do.
    takes: Option<String>,
}

#[derive(Serialize)]
struct PinUseView {
    namespace: String,
    requirement: String,
}

/// How much there is in all.
#[derive(Serialize)]
pub struct StatisticsView {
    /// Grows with every change that resolution depends on.
    generation: i64,
    namespaces: i64,
    components: i64,
    component_versions: i64,
    yanked: i64,
    needs_approval: i64,
    quarantined_digests: i64,
    uploads: i64,
    upload_bytes: i64,
    templates: i64,
    template_versions: i64,
    pins: i64,
    locks: i64,
    open_tasks: i64,
    /// In how many component versions each was used.
    languages: BTreeMap<String, i64>,
}

impl From<NamespaceRow> for NamespaceView {
    fn from(row: NamespaceRow) -> Self {
        Self {
            name: row.name,
            components: row.components,
            component_versions: row.component_versions,
            templates: row.templates,
            template_versions: row.template_versions,
            pins: row.pins,
            open_tasks: row.open_tasks,
            created_at: row.created_at,
        }
    }
}

impl TreeView {
    pub fn of(namespace: Name, tree: Tree) -> Self {
        let template = |template: Template| {
            let home = &template.namespace;
            let step = |step: &Step| StepLeaf::of(home, step);
            TemplateLeaf {
                steps: template.steps.iter().map(step).collect(),
            }
        };
        let component = |described: Described| ComponentLeaf {
            quarantined: described.is_quarantined,
            collected_at: described.collected_at,
            handlers: described.descriptor.handlers.unwrap_or_default(),
            capabilities: described.descriptor.capabilities,
            provenance: described.descriptor.provenance,
        };
        let templates = tree.templates.into_iter();
        let components = tree.components.into_iter();
        Self {
            namespace,
            templates: templates.map(|it| FamilyView::of(it, template)).collect(),
            components: components.map(|it| FamilyView::of(it, component)).collect(),
            is_cut: tree.is_cut,
        }
    }
}

impl<T> FamilyView<T> {
    fn of<F>(family: Family<F>, content: impl Fn(F) -> T) -> Self {
        let release = |release: Release<F>| ReleaseView {
            version: release.version.to_string(),
            status: release.status,
            content: content(release.content),
        };
        Self {
            name: family.name,
            version_count: family.version_count,
            versions: family.versions.into_iter().map(release).collect(),
        }
    }
}

impl StepLeaf {
    fn of(home: &Name, step: &Step) -> Self {
        Self {
            name: step.name.clone(),
            component: step.handler.component.qualified(home).to_string(),
            handler: step.handler.handler.clone(),
            requirement: step.handler.requirement.to_string(),
        }
    }
}

impl UsesView {
    pub fn of(target: QualifiedName, uses: Uses) -> Self {
        let QualifiedName { namespace, name } = target;
        Self {
            namespace,
            component: name,
            versions: uses.versions.into_iter().map(Into::into).collect(),
            steps: uses.steps.into_iter().map(Into::into).collect(),
            pins: uses.pins.into_iter().map(Into::into).collect(),
            is_cut: uses.is_cut,
            hidden: uses.hidden,
        }
    }
}

impl From<UsedVersion> for UsedVersionView {
    fn from(used: UsedVersion) -> Self {
        Self {
            version: used.version.to_string(),
            status: used.status,
            open_tasks: used.open_tasks,
            steps: used.steps,
        }
    }
}

impl From<StepUse> for StepUseView {
    fn from(step: StepUse) -> Self {
        Self {
            namespace: step.namespace.to_string(),
            template: step.template,
            version: step.version,
            status: step.status,
            step: step.step,
            handler: step.handler.handler,
            requirement: step.handler.requirement.to_string(),
            takes: step.takes.map(|version| version.to_string()),
        }
    }
}

impl From<PinUse> for PinUseView {
    fn from(pin: PinUse) -> Self {
        Self {
            namespace: pin.namespace.to_string(),
            requirement: pin.requirement,
        }
    }
}

impl StatisticsView {
    pub fn of(counts: RegistryCounts, languages: Vec<LanguageRow>) -> Self {
        let language = |row: LanguageRow| (row.name, row.component_versions);
        Self {
            generation: counts.generation,
            namespaces: counts.namespaces,
            components: counts.components,
            component_versions: counts.component_versions,
            yanked: counts.yanked,
            needs_approval: counts.needs_approval,
            quarantined_digests: counts.quarantined_digests,
            uploads: counts.uploads,
            upload_bytes: counts.upload_bytes,
            templates: counts.templates,
            template_versions: counts.template_versions,
            pins: counts.pins,
            locks: counts.locks,
            open_tasks: counts.open_tasks,
            languages: languages.into_iter().map(language).collect(),
        }
    }
}
