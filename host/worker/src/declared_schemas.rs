//! The schemas of events that the components and the template of a lock declare, each compiled once.

use super::unreadable::UnreadablePlan;
use std::collections::BTreeMap;
use std::sync::Arc;
use tasker_domain::declared_event::{DeclaredBy, DeclaredEvents, EventSchemas};
use tasker_engine::plan::StoredStep;

/// What became of one declarer's schemas.
type Compiled = Result<Arc<EventSchemas>, UnreadablePlan>;

/// The schemas of a lock.
pub(super) struct DeclaredSchemas {
    template: Option<Compiled>,
    /// By component version.
    components: BTreeMap<i32, Compiled>,
}

impl DeclaredSchemas {
    pub(super) fn of(steps: &[StoredStep]) -> Self {
        let template = steps.iter().find_map(|step| step.template_events.as_ref());
        let components = steps.iter().filter_map(|step| {
            let events = step.component_events.as_ref()?;
            let compiled = compiled(DeclaredBy::Component, events);
            Some((step.component_version_id, compiled))
        });
        Self {
            template: template.map(|events| compiled(DeclaredBy::Template, events)),
            components: components.collect(),
        }
    }

    /// Those that hold for this step.
    pub(super) fn of_step(
        &self,
        step: &StoredStep,
    ) -> Result<Vec<Arc<EventSchemas>>, UnreadablePlan> {
        let component = self.components.get(&step.component_version_id);
        let declared = component.into_iter().chain(&self.template);
        declared.cloned().collect()
    }
}

fn compiled(declared_by: DeclaredBy, events: &str) -> Compiled {
    let unreadable =
        |error: String| UnreadablePlan::Here(format!("events of the {declared_by}: {error}"));
    let events: DeclaredEvents =
        serde_json::from_str(events).map_err(|error| unreadable(error.to_string()))?;
    let schemas = EventSchemas::compile(declared_by, &events).map_err(unreadable)?;
    Ok(Arc::new(schemas))
}
