//! Rules for components that are not there.

use super::client::Ask as _;
use super::output::tell;
use super::paint::Tone;
use super::reference::ComponentFamily;
use super::{CliError, Context, Exit};
use tasker_domain::name::Name;
use tasker_wire::component::ShowComponent;

/// Warns where a rule is about one component that is not there.
pub async fn warn_of_family(family: &ComponentFamily, context: &Context) {
    if let ComponentFamily::One(component) = family {
        warn(&component.namespace, &component.name, context).await;
    }
}

/// Warns where a rule is about a component that is not there: it may come, or its name be mistyped.
pub async fn warn(namespace: &Name, component: &Name, context: &Context) {
    let call = context
        .client
        .call(ShowComponent::at(namespace.clone(), component.clone()));
    let found = call.ask().await;
    let Err(CliError::Problem(problem)) = found else {
        return;
    };
    // Whoever may set rules may not be one to look at components.
    if problem.exit() == Exit::NotFound && !context.output.is_json() {
        let lead = context.output.paint_error.tone(Tone::Caution, "warning:");
        tell(&format!(
            "{lead} there is no component {namespace}/{component} yet; the rule holds once there is\n"
        ));
    }
}
