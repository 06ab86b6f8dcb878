//! The template version of a new task.

use super::super::discover::parse_version;
use super::super::{Kind, RegistryError};
use super::cache::TemplateKey;
use super::definition::{ChosenTemplate, Definition};
use super::pins::NamespacePins;
use super::{Resolver, Wanted};
use crate::store::candidates::TemplateCandidate;
use std::sync::Arc;
use tasker_domain::ids::TaskId;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Candidate, Pin, ResolveError, choose_template};
use tasker_domain::template::{InputSchema, Template};

impl Resolver<'_> {
    /// The template version under this generation.
    pub(super) async fn template(
        &mut self,
        wanted: &Wanted,
        pins: &NamespacePins,
        task: TaskId,
    ) -> Result<Arc<ChosenTemplate>, RegistryError> {
        let target = wanted.target();
        // Who asks for a version is not asked to follow a pin.
        let pin = pins.templates.get(&target);
        let pin = pin.filter(|_| wanted.version.is_none());
        let is_on_ramp = pin.is_some_and(|pin| pin.has_on_ramp(task));
        let key = TemplateKey {
            wanted: wanted.clone(),
            is_on_ramp,
        };
        let kept = &self.registry.resolved.templates;
        if let Some(chosen) = kept.get(&key, self.generation) {
            return Ok(chosen);
        }
        self.has_read = true;
        let seen = pin.map(|pin| pin.seen(is_on_ramp));
        let chosen = self.choose_template(wanted, &target, seen.as_ref()).await?;
        let is_ramped = seen.is_some_and(|pin| pin.is_ramped_to(&chosen.version));
        let ramp = pin.filter(|_| is_ramped).map(|pin| pin.name.clone());
        let version = chosen.id;
        let definition = self.definition(version.template_version_id).await?;
        let chosen = Arc::new(ChosenTemplate {
            version,
            definition,
            ramp,
        });
        kept.keep(key, self.generation, chosen.clone());
        Ok(chosen)
    }

    async fn choose_template(
        &self,
        wanted: &Wanted,
        target: &QualifiedName,
        pin: Option<&Pin>,
    ) -> Result<Candidate<TemplateCandidate>, RegistryError> {
        let mut candidates = Vec::new();
        for row in self.registry.store.template_candidates(target).await? {
            candidates.push(Candidate {
                version: parse_version(&row.version)?,
                bar: row.bar,
                id: row,
            });
        }
        match choose_template(target, &candidates, wanted.version.as_ref(), pin) {
            Ok(chosen) => Ok(chosen.clone()),
            Err(ResolveError::NoTemplate { target }) => Err(RegistryError::Unknown {
                kind: Kind::Template,
                target,
            }),
            Err(error) => Err(RegistryError::Unresolved(vec![error])),
        }
    }

    pub(super) async fn definition(
        &self,
        template_version_id: i32,
    ) -> Result<Arc<Definition>, RegistryError> {
        let (store, kept) = (&self.registry.store, &self.registry.resolved.definitions);
        if let Some(definition) = kept.get(&template_version_id) {
            return Ok(definition);
        }
        let stored = store.template_definition(template_version_id).await?;
        let definition = Arc::new(parse_definition(template_version_id, stored)?);
        kept.keep(template_version_id, definition.clone());
        Ok(definition)
    }
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
        components: template.components(),
        template,
        input_schema,
    })
}
