//! What the cache keeps of templates.

use crate::store::candidates::TemplateCandidate;
use std::collections::BTreeSet;
use std::sync::Arc;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::{Identity, InputSchema, Template};

/// A stored template version, ready for use.
pub struct Definition {
    pub(super) template: Template,
    /// What its steps run, each once.
    pub(super) components: BTreeSet<QualifiedName>,
    /// None: every input is taken.
    pub(super) input_schema: Option<InputSchema>,
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

/// What was chosen, and by which ramp.
pub(super) struct ChosenTemplate {
    pub(super) version: TemplateCandidate,
    pub(super) definition: Arc<Definition>,
    /// The name of the pin whose ramp led here.
    pub(super) ramp: Option<String>,
}
