//! From what a caller asks for to the lock of a new task.

mod cache;

pub(in crate::registry) use cache::ResolvedCache;

use super::discover::parse_version;
use super::{Kind, Registry, RegistryError, Release};
use crate::domain::ids::LockId;
use crate::domain::name::Name;
use crate::domain::requirement::{ComponentRef, QualifiedName, Requirement};
use crate::domain::resolve::{
    Candidate, Components, Pins, ResolveError, choose_components, choose_template,
};
use crate::domain::template::{Identity, InputSchema, OrderedStep, Template};
use crate::sandbox::Descriptor;
use crate::store::lock::{ComponentCandidate, LockEntry, PinCandidate, TemplateCandidate};
use crate::store::pin::PinKind;
use serde::Deserialize as _;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a caller asks for. The task's namespace is the template's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    pub namespace: Name,
    pub template: Name,
    /// None: the namespace's pin, else the highest stable version.
    pub version: Option<Requirement>,
}

/// What a new task is made from.
pub struct Resolved {
    pub namespace_id: i32,
    pub template_id: i32,
    pub template_version_id: i32,
    pub lock_id: LockId,
    pub definition: Arc<Definition>,
}

/// A stored template version, ready for use.
pub struct Definition {
    template: Template,
    /// None: every input is taken.
    input_schema: Option<InputSchema>,
}

impl Definition {
    /// How a duplicate is told.
    pub fn identity(&self) -> Identity {
        self.template.identity
    }

    /// None: every input is taken.
    pub fn input_schema(&self) -> Option<&InputSchema> {
        self.input_schema.as_ref()
    }
}

/// The pins of one namespace.
struct NamespacePins {
    templates: Pins,
    components: Pins,
}

/// A component version as resolution chooses it.
struct ChosenComponent {
    component_version_id: i32,
    descriptor: Descriptor,
}

impl Registry {
    /// Template version, component versions and lock for a new task. What was resolved before is
    /// taken again as long as the registry has not changed since, whichever host changed it.
    pub async fn resolve(&self, wanted: &Wanted) -> Result<Arc<Resolved>, RegistryError> {
        let generation = self.store.registry_generation().await?;
        if let Some(resolved) = self.resolved.resolved(wanted, generation) {
            return Ok(resolved);
        }
        let resolved = Arc::new(self.resolve_anew(wanted).await?);
        self.resolved
            .keep_resolved(wanted.clone(), generation, resolved.clone());
        Ok(resolved)
    }

    async fn resolve_anew(&self, wanted: &Wanted) -> Result<Resolved, RegistryError> {
        let pins = self.pins_of(&wanted.namespace).await?;
        let chosen = self.choose_template(wanted, &pins.templates).await?;
        let TemplateCandidate {
            namespace_id,
            template_id,
            template_version_id,
            ..
        } = chosen;
        let definition = self.definition(template_version_id).await?;
        let steps = definition.template.ordered();
        let entries = self
            .choose_components(&definition.template, &steps, &pins.components)
            .await?;
        let lock_id = self
            .store
            .intern_lock(template_version_id, &entries)
            .await?;
        Ok(Resolved {
            namespace_id,
            template_id,
            template_version_id,
            lock_id,
            definition,
        })
    }

    async fn choose_template(
        &self,
        wanted: &Wanted,
        pins: &Pins,
    ) -> Result<TemplateCandidate, RegistryError> {
        let Wanted {
            namespace,
            template,
            version,
        } = wanted;
        let target = QualifiedName {
            namespace: namespace.clone(),
            name: template.clone(),
        };
        let mut candidates = Vec::new();
        for row in self.store.template_candidates(namespace, template).await? {
            let version = parse_version(&row.version)?;
            candidates.push(Candidate {
                version,
                bar: row.bar,
                id: row,
            });
        }
        match choose_template(&target, &candidates, version.as_ref(), pins.get(&target)) {
            Ok(chosen) => Ok(chosen.id.clone()),
            Err(ResolveError::NoTemplate { target }) => Err(RegistryError::Unknown {
                kind: Kind::Template,
                target,
            }),
            Err(error) => Err(RegistryError::Unresolved(vec![error])),
        }
    }

    /// The lock's entries for these steps, which are those of the template in order.
    async fn choose_components(
        &self,
        template: &Template,
        steps: &[OrderedStep<'_>],
        pins: &Pins,
    ) -> Result<Vec<LockEntry>, RegistryError> {
        let home = &template.namespace;
        let components = self.components_of(home, steps).await?;
        let named = steps
            .iter()
            .map(|ordered| (&ordered.step.name, &ordered.step.handler));
        let chosen =
            choose_components(home, named, &components, pins).map_err(RegistryError::Unresolved)?;
        steps
            .iter()
            .zip(chosen)
            .map(|(ordered, candidate)| lock_entry(home, ordered, candidate))
            .collect()
    }

    async fn components_of(
        &self,
        home: &Name,
        steps: &[OrderedStep<'_>],
    ) -> Result<Components<ChosenComponent>, RegistryError> {
        let named: BTreeSet<QualifiedName> = steps
            .iter()
            .map(|ordered| ordered.step.handler.component.qualified(home))
            .collect();
        let named: Vec<QualifiedName> = named.into_iter().collect();
        let mut components = Components::new();
        for row in self.store.component_candidates(&named).await? {
            let (target, candidate) = component_candidate(row)?;
            components.entry(target).or_default().push(candidate);
        }
        Ok(components)
    }

    async fn pins_of(&self, namespace: &Name) -> Result<NamespacePins, RegistryError> {
        let mut pins = NamespacePins {
            templates: Pins::new(),
            components: Pins::new(),
        };
        for row in self.store.pin_candidates(namespace).await? {
            let PinCandidate {
                kind,
                target,
                requirement,
            } = row;
            let target: ComponentRef = target.parse()?;
            let of_kind = match kind {
                PinKind::Template => &mut pins.templates,
                PinKind::Component => &mut pins.components,
            };
            of_kind.insert(target.qualified(namespace), requirement.parse()?);
        }
        Ok(pins)
    }

    async fn definition(&self, template_version_id: i32) -> Result<Arc<Definition>, RegistryError> {
        if let Some(definition) = self.resolved.definition(template_version_id) {
            return Ok(definition);
        }
        let stored = self.store.template_definition(template_version_id).await?;
        let definition = Arc::new(parse_definition(template_version_id, stored)?);
        self.resolved
            .keep_definition(template_version_id, definition.clone());
        Ok(definition)
    }

    /// What would keep a task of this template from being resolved now, one line each.
    pub(in crate::registry) async fn resolve_warnings(
        &self,
        template: &Template,
    ) -> Result<Vec<String>, RegistryError> {
        let pins = self.pins_of(&template.namespace).await?;
        match self
            .choose_components(template, &template.ordered(), &pins.components)
            .await
        {
            Ok(_) => Ok(Vec::new()),
            Err(RegistryError::Unresolved(errors)) => {
                Ok(errors.iter().map(ToString::to_string).collect())
            }
            Err(error @ RegistryError::UnknownHandler { .. }) => Ok(vec![error.to_string()]),
            Err(error) => Err(error),
        }
    }
}

fn component_candidate(
    row: ComponentCandidate,
) -> Result<(QualifiedName, Candidate<ChosenComponent>), RegistryError> {
    let unreadable = |reason| RegistryError::Stored {
        what: format!(
            "component {}/{} {}",
            row.namespace, row.component, row.version
        ),
        reason,
    };
    let name = |text: &str| {
        text.parse::<Name>()
            .map_err(|error| unreadable(error.to_string()))
    };
    let target = QualifiedName {
        namespace: name(&row.namespace)?,
        name: name(&row.component)?,
    };
    let descriptor =
        Descriptor::deserialize(&row.descriptor).map_err(|error| unreadable(error.to_string()))?;
    let version = parse_version(&row.version)?;
    let id = ChosenComponent {
        component_version_id: row.component_version_id,
        descriptor,
    };
    Ok((
        target,
        Candidate {
            version,
            bar: row.bar,
            id,
        },
    ))
}

/// The entry of one step, whose handler the chosen component has to have.
fn lock_entry(
    home: &Name,
    ordered: &OrderedStep<'_>,
    candidate: &Candidate<ChosenComponent>,
) -> Result<LockEntry, RegistryError> {
    let reference = &ordered.step.handler;
    let descriptor = &candidate.id.descriptor;
    if !descriptor.may_have(reference.handler.as_str()) {
        let handlers = descriptor.handlers.iter().flatten();
        return Err(RegistryError::UnknownHandler {
            step: ordered.step.name.clone(),
            handler: reference.handler.clone(),
            release: Box::new(Release {
                kind: Kind::Component,
                target: reference.component.qualified(home),
                version: candidate.version.clone(),
            }),
            existing: handlers.map(|handler| handler.name.to_string()).collect(),
        });
    }
    Ok(LockEntry {
        step_no: ordered.no,
        component_version_id: candidate.id.component_version_id,
        handler: reference.handler.to_string(),
    })
}

fn parse_definition(
    template_version_id: i32,
    stored: serde_json::Value,
) -> Result<Definition, RegistryError> {
    let unreadable = |reason| RegistryError::Stored {
        what: format!("template version {template_version_id}"),
        reason,
    };
    let template: Template =
        serde_json::from_value(stored).map_err(|error| unreadable(error.to_string()))?;
    let input_schema = template
        .input_schema
        .as_ref()
        .map(InputSchema::compile)
        .transpose();
    let input_schema = input_schema.map_err(|errors| {
        unreadable(errors.first().map_or_else(String::new, ToString::to_string))
    })?;
    Ok(Definition {
        template,
        input_schema,
    })
}
