//! Rules for components that are not there.

use super::{Context, Exit, Reference, paint};
use tasker_wire::component::ShowComponent;

/// Warns where a rule is about one component that is not there: it may come, or its name be mistyped.
pub async fn warning(component: Option<&Reference>, context: &Context) -> Option<String> {
    let component = component?;
    let found = context.ask(component.family_at(ShowComponent::at)).await;
    // Whoever may set rules may not be one to look at components.
    let is_missing = found.is_err_and(|error| error.ends_with(Exit::NotFound));
    let what = format!("there is no component {component} yet; the rule holds once there is");
    is_missing.then(|| paint::warning(what))
}
