//! What keeps a version in use.

use super::catalog::{Catalog, Selection};
use super::{Registry, RegistryError};
use crate::store::references::{LastUse, OpenTasks};
use semver::Version;
use std::collections::BTreeMap;
use tasker_domain::hidden::{Hidden, keep};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::pin::{PastChange, PinKind};
use tasker_domain::references::{PinReference, StepReference, SubscriptionReference};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::Ineligible;

/// What keeps a version in use. It is unreferenced when nothing does.
#[derive(Debug)]
pub struct References {
    /// Tasks under way that have it in their lock.
    pub open_tasks: i64,
    /// The oldest of them, the oldest first.
    pub oldest_tasks: Vec<TaskId>,
    pub pins: Vec<PinReference>,
    /// Steps of templates that take it in a new task; none of a template.
    pub steps: Vec<StepReference>,
    /// Subscriptions that have it take their events; none of a template.
    pub subscriptions: Vec<SubscriptionReference>,
    /// New tasks take it if no version is requested; that of a component is never collected.
    pub is_default: bool,
    pub last_use: LastUse,
    /// Why new tasks may not take it, if so.
    pub ineligible: Option<Ineligible>,
    /// What its reader may not see of steps, pins and subscriptions; it keeps the version in use all the same.
    pub hidden: Hidden,
    is_template: bool,
}

impl References {
    /// True if nothing keeps it in use.
    pub fn is_unreferenced(&self) -> bool {
        let is_taken = self.is_template && self.is_default && self.ineligible.is_none();
        let is_held = !self.pins.is_empty() || !self.steps.is_empty() || !self.hidden.is_empty();
        let is_delivered_to = !self.subscriptions.is_empty();
        self.open_tasks == 0 && !is_held && !is_delivered_to && !is_taken
    }

    /// The same as one reads it who may read these namespaces.
    pub fn seen_by(mut self, may_read: impl Fn(&str) -> bool) -> Self {
        self.hidden = Hidden {
            steps: keep(&mut self.steps, |it| may_read(&it.namespace)),
            pins: keep(&mut self.pins, |it| may_read(&it.namespace)),
            subscriptions: keep(&mut self.subscriptions, |it| may_read(&it.namespace)),
        };
        self
    }
}

impl Registry {
    /// What keeps this version of a component in use. Of the open tasks those of the readable
    /// namespaces are named; without any of these, all.
    pub async fn component_references(
        &self,
        target: &QualifiedName,
        version: &Version,
        readable: Option<&[&str]>,
    ) -> Result<References, RegistryError> {
        let row = self.component_version(target, version).await?;
        let id = row.component_version_id;
        let (mut catalog, _) = self.component_users(target).await?;
        catalog.histories = self.histories(Some(target)).await?;
        let open = self.store.open_tasks_of_component(id, readable).await?;
        let last_use = self.store.last_use_of_component(id).await?;
        Ok(References {
            steps: catalog.step_references(target, version),
            subscriptions: catalog.subscription_references(target, version),
            is_default: catalog.is_highest_stable(PinKind::Component, target, version),
            ..References::of(
                &catalog,
                PinKind::Component,
                (target, version),
                open,
                last_use,
            )
        })
    }

    /// What keeps this version of a template in use.
    pub async fn template_references(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<References, RegistryError> {
        let row = self.template_version(target, version).await?;
        let id = row.template_version_id;
        let kind = PinKind::Template;
        let catalog = self.catalog(&Selection::of(kind, target)).await?;
        let open = self.store.open_tasks_of_template(id).await?;
        let last_use = self.store.last_use_of_template(id).await?;
        let is_pinned = catalog.pins_of(kind, target).next().is_some();
        Ok(References {
            is_default: !is_pinned && catalog.is_highest_stable(kind, target, version),
            ..References::of(&catalog, kind, (target, version), open, last_use)
        })
    }

    /// The changes of existing pins, of one component or of all.
    pub(crate) async fn histories(
        &self,
        component: Option<&QualifiedName>,
    ) -> Result<BTreeMap<(Name, QualifiedName), Vec<PastChange>>, RegistryError> {
        let mut histories = BTreeMap::<_, Vec<PastChange>>::new();
        for row in self.store.pin_pasts(component).await? {
            let target = row.target.qualified(&row.namespace);
            let history = histories.entry((row.namespace.clone(), target));
            history.or_default().push(row.change());
        }
        Ok(histories)
    }
}

impl References {
    fn of(
        catalog: &Catalog,
        kind: PinKind,
        (target, version): (&QualifiedName, &Version),
        open: OpenTasks,
        last_use: LastUse,
    ) -> Self {
        Self {
            open_tasks: open.count,
            oldest_tasks: open.oldest.into_iter().map(TaskId).collect(),
            pins: catalog.pin_references(kind, target, version),
            steps: Vec::new(),
            subscriptions: Vec::new(),
            is_default: false,
            last_use,
            ineligible: catalog.eligible(kind, target, version).err(),
            hidden: Hidden::default(),
            is_template: kind == PinKind::Template,
        }
    }
}
