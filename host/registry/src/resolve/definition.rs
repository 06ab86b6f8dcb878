//! What a stored template says, and what was chosen of it.

use super::super::RegistryError;
use schema_compat::InputSchema;
use std::collections::BTreeSet;
use std::sync::Arc;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::{Identity, Template};

/// A stored template version, ready for use.
pub struct Definition {
    pub(super) template: Template,
    /// What its steps run, each once.
    pub(super) components: BTreeSet<QualifiedName>,
    /// None: every input is taken.
    pub(super) input_schema: Option<InputSchema>,
}

/// What was chosen, and by which rollout.
pub(super) struct ChosenTemplate {
    pub(super) namespace_id: i32,
    pub(super) template_id: i32,
    pub(super) template_version_id: i32,
    pub(super) definition: Arc<Definition>,
    /// The name of the pin whose rollout led here.
    pub(super) rollout: Option<String>,
}

impl Definition {
    /// How a duplicate is recognized.
    pub fn identity(&self) -> Identity {
        self.template.identity
    }

    /// What its author wrote.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// None: every input is taken.
    pub fn input_schema(&self) -> Option<&InputSchema> {
        self.input_schema.as_ref()
    }

    /// Its own namespace, and those whose components it runs.
    pub(super) fn namespaces(&self) -> BTreeSet<Name> {
        let owners = self.components.iter().map(|it| it.namespace.clone());
        owners.chain([self.template.namespace.clone()]).collect()
    }

    pub(super) fn stored(
        template_version_id: i32,
        stored: serde_json::Value,
    ) -> Result<Self, RegistryError> {
        let unreadable = |reason| {
            RegistryError::stored(format!("template version {template_version_id}"), reason)
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
        Ok(Self {
            components: template.components(),
            template,
            input_schema,
        })
    }
}
