//! What the steps of a template would run, also of an unpublished one.

use super::super::catalog::{Catalog, Selection};
use super::super::error::lines;
use super::assumed;
use super::{Registry, RegistryError, lock_entry};
use schema_compat::{Comparisons, contradiction};
use semver::Version;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tasker_domain::capability::{Capability, missing};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::name::Name;
use tasker_domain::pin::{PinKind, Rollout};
use tasker_domain::plan::{Assumed, RolloutChoice, StepChoice, Ungranted};
use tasker_domain::requirement::{ComponentRef, QualifiedName};
use tasker_domain::resolve::{Candidate, Components, Pins, choose_components};
use tasker_domain::share::UnsharedUse;
use tasker_domain::template::{OrderedStep, Template};

/// All that new tasks of a template would run.
pub struct ResolutionPreview {
    pub steps: Vec<StepChoice>,
    pub ungranted: Vec<Ungranted>,
}

/// What choosing for one template works with.
struct PreviewRequest<'a> {
    home: &'a Name,
    /// Of the template; `None` if it takes any input.
    input: Option<&'a Value>,
    comparisons: Comparisons,
    catalog: &'a Catalog,
    versions: Components<'a, i32>,
    plain: Pins,
    /// With every rollout taken.
    rolled_out: Pins,
}

impl Registry {
    /// What new tasks of a template would run, step by step, if what is assumed were there too.
    pub(crate) async fn preview_resolution(
        &self,
        template: &Template,
        assumed: &Assumed,
    ) -> Result<ResolutionPreview, RegistryError> {
        let home = &template.namespace;
        let selection = Selection {
            components: template.components(),
            ..Selection::default()
        };
        let selection = selection.with([home]).with_attempts(home);
        let catalog = self.catalog(&selection).await?;
        let catalog = assumed::add_to(assumed, catalog, home);
        let rules = catalog.rules.get(home).cloned().unwrap_or_default();
        let request = PreviewRequest {
            home,
            input: template.input_schema.as_ref(),
            comparisons: Comparisons::default(),
            versions: catalog.components_for(home, &template.components()),
            catalog: &catalog,
            plain: rules.seen_on_all(false),
            rolled_out: rules.seen_on_all(true),
        };
        let steps = template.ordered();
        let chosen = steps.iter().filter_map(|step| request.chosen(step).ok());
        let ids = chosen.map(|candidate| candidate.id);
        let rolled_out = steps.iter().filter_map(|step| request.rolled_out(step));
        let ids = ids.chain(rolled_out.map(|candidate| candidate.id));
        let (stored, new): (BTreeSet<i32>, BTreeSet<i32>) = ids.partition(|id| *id >= 0);
        let mut descriptors = self.descriptors(stored).await?;
        descriptors.extend(
            new.into_iter()
                .filter_map(|id| assumed::descriptor(assumed, id)),
        );
        Ok(ResolutionPreview {
            ungranted: request.ungranted(&steps, &descriptors),
            steps: steps
                .iter()
                .map(|step| request.choice(step, &descriptors))
                .collect(),
        })
    }
}

impl PreviewRequest<'_> {
    /// What tasks take that are on no rollout.
    fn chosen(&self, ordered: &OrderedStep<'_>) -> Result<&Candidate<i32>, String> {
        self.chosen_by(ordered, &self.plain)
    }

    fn chosen_by(&self, ordered: &OrderedStep<'_>, pins: &Pins) -> Result<&Candidate<i32>, String> {
        self.check_use(ordered)?;
        let step = [(&ordered.step.name, &ordered.step.handler)];
        let chosen = choose_components(self.home, step, &self.versions, pins);
        match chosen {
            Ok(chosen) => Ok(chosen[0]),
            Err(errors) => Err(lines(&errors)),
        }
    }

    /// Components that are not shared are not mentioned.
    fn check_use(&self, ordered: &OrderedStep<'_>) -> Result<(), String> {
        let component = ordered.step.handler.component.qualified(self.home);
        if self.catalog.may_use(self.home, &component) {
            return Ok(());
        }
        let refused = RegistryError::NotShared {
            namespace: self.home.clone(),
            uses: vec![UnsharedUse {
                step: Some(ordered.step.name.clone()),
                component,
            }],
        };
        Err(refused.to_string())
    }

    fn choice(
        &self,
        ordered: &OrderedStep<'_>,
        descriptors: &BTreeMap<i32, Arc<Descriptor>>,
    ) -> StepChoice {
        let handler = &ordered.step.handler;
        let target = handler.component.qualified(self.home);
        let (takes, problem) = match self.chosen(ordered) {
            Err(problem) => (None, Some(problem)),
            Ok(candidate) => {
                let problem = self.problem(&target, ordered, candidate, descriptors);
                (Some(candidate.version.clone()), problem)
            }
        };
        let on_rollout = self.rolled_out(ordered);
        let problem = problem.or_else(|| self.problem(&target, ordered, on_rollout?, descriptors));
        StepChoice {
            step: ordered.step.name.clone(),
            handler: handler.clone(),
            rollout: self.rollout_choice(ordered, &target, takes.as_ref()),
            takes,
            problem,
        }
    }

    /// Why this version would fail every task at this step.
    fn problem(
        &self,
        target: &QualifiedName,
        ordered: &OrderedStep<'_>,
        candidate: &Candidate<i32>,
        descriptors: &BTreeMap<i32, Arc<Descriptor>>,
    ) -> Option<String> {
        let descriptor = descriptors.get(&candidate.id);
        if let Err(error) = lock_entry(target, ordered, candidate, descriptor) {
            return Some(error.to_string());
        }
        let handler = &ordered.step.handler.handler;
        let described = descriptor?.handlers.iter().flatten();
        let described = described.clone().find(|it| it.name == *handler)?;
        let (given, asked) = (self.input?, described.input_schema.as_ref()?);
        let found = contradiction(given, asked, &self.comparisons)?;
        let (step, version) = (&ordered.step.name, &candidate.version);
        let place = match found.path.is_empty() {
            true => "it".to_owned(),
            false => format!("`{}`", found.path),
        };
        Some(format!(
            "step `{step}` runs `{handler}` of {target} {version}, which takes no input that the \
             template's input_schema allows: {place} {}; change the schema or run another version",
            found.what
        ))
    }

    /// The rollout of the component's pin, where it has one.
    fn rollout(&self, target: &QualifiedName) -> Option<&Rollout> {
        let pin = self.catalog.pin(self.home, PinKind::Component, target)?;
        pin.pinned.rollout.as_ref()
    }

    /// What tasks on the component's rollout take, where it has one.
    fn rolled_out(&self, ordered: &OrderedStep<'_>) -> Option<&Candidate<i32>> {
        let target = ordered.step.handler.component.qualified(self.home);
        self.rollout(&target)?;
        self.chosen_by(ordered, &self.rolled_out).ok()
    }

    /// What tasks on the rollout take, where it is something else.
    fn rollout_choice(
        &self,
        ordered: &OrderedStep<'_>,
        target: &QualifiedName,
        others: Option<&Version>,
    ) -> Option<RolloutChoice> {
        let rollout = self.rollout(target)?;
        let chosen = self.rolled_out(ordered)?;
        let takes = Some(&chosen.version).filter(|version| Some(*version) != others)?;
        Some(RolloutChoice {
            takes: takes.clone(),
            percent: rollout.percent,
        })
    }

    /// What is wanted by what would be taken, each component once.
    fn ungranted(
        &self,
        steps: &[OrderedStep<'_>],
        descriptors: &BTreeMap<i32, Arc<Descriptor>>,
    ) -> Vec<Ungranted> {
        let mut found = BTreeSet::new();
        for ordered in steps {
            let Ok(candidate) = self.chosen(ordered) else {
                continue;
            };
            let Some(descriptor) = descriptors.get(&candidate.id) else {
                continue;
            };
            let component = self.as_named(&ordered.step.handler.component);
            let capabilities = self.not_granted(descriptor, &component);
            if !capabilities.is_empty() {
                found.insert(Ungranted {
                    component,
                    version: candidate.version.clone(),
                    capabilities,
                });
            }
        }
        found.into_iter().collect()
    }

    /// The component as the template's namespace names it.
    fn as_named(&self, component: &ComponentRef) -> ComponentRef {
        let other = component.namespace.clone();
        ComponentRef {
            namespace: other.filter(|namespace| namespace != self.home),
            component: component.component.clone(),
        }
    }

    fn not_granted(&self, descriptor: &Descriptor, component: &ComponentRef) -> Vec<String> {
        let name = component.to_string();
        let own: Vec<Capability> = self.catalog.granted_to(self.home, &name).cloned().collect();
        let more = missing(&descriptor.requested(), &own);
        more.iter().map(Capability::to_string).collect()
    }
}
