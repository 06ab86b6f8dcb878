//! The template version of a new task.

use super::super::RegistryError;
use super::super::catalog::{Catalog, Family, NamespaceRules};
use super::cache::TemplateKey;
use super::definition::{ChosenTemplate, Definition};
use super::{ResolveRequest, Resolver};
use std::collections::BTreeSet;
use std::sync::Arc;
use tasker_domain::ids::TaskId;
use tasker_domain::pin::PinKind;

impl Resolver<'_> {
    /// The template version that the task takes.
    pub(super) async fn template(
        &mut self,
        wanted: &ResolveRequest,
        rules: &NamespaceRules,
        task: TaskId,
    ) -> Result<Arc<ChosenTemplate>, RegistryError> {
        let target = wanted.target();
        // Who asks for a version is not asked to follow a pin.
        let pin = rules.templates.get(&target);
        let pin = pin.filter(|_| wanted.version.is_none());
        let is_on_rollout = pin.is_some_and(|pin| pin.has_on_rollout(task));
        let key = TemplateKey {
            wanted: wanted.clone(),
            is_on_rollout,
        };
        let revision = self.loader.revision(&wanted.namespace);
        if let Some(chosen) = self.registry().resolved.templates.get(&key, &revision) {
            return Ok(chosen);
        }
        let families = BTreeSet::from([target.clone()]);
        let templates = self.loader.families(PinKind::Template, &families).await?;
        let catalog = Catalog {
            templates,
            ..Catalog::default()
        };
        let seen = pin.map(|pin| pin.seen(is_on_rollout));
        let chosen = catalog.choose_template(&target, wanted.version.as_ref(), seen.as_ref());
        let chosen = chosen?;
        let is_rolled_out = seen.is_some_and(|pin| pin.is_rollout_to(&chosen.version));
        let family: &Family = &catalog.templates[&target];
        let chosen = Arc::new(ChosenTemplate {
            namespace_id: family.namespace_id,
            template_id: family.id,
            template_version_id: chosen.id,
            definition: self.definition(chosen.id).await?,
            rollout: pin.filter(|_| is_rolled_out).map(|pin| pin.name()),
        });
        self.new_template = Some((key, revision, chosen.clone()));
        Ok(chosen)
    }

    pub(super) async fn definition(
        &self,
        template_version_id: i32,
    ) -> Result<Arc<Definition>, RegistryError> {
        let (store, kept) = (
            &self.registry().store,
            &self.registry().resolved.definitions,
        );
        if let Some(definition) = kept.get(&template_version_id) {
            return Ok(definition);
        }
        let stored = store.template_definition(template_version_id).await?;
        let definition = Arc::new(Definition::stored(template_version_id, stored)?);
        kept.keep(template_version_id, definition.clone());
        Ok(definition)
    }
}
