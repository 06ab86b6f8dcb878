//! Rules for components that are not there.

use super::{Context, Exit, Reference, paint};
use tasker_domain::name::Name;
use tasker_domain::template::nearest;
use tasker_wire::component::{ListComponents, ShowComponent};
use tasker_wire::page::{MAX_PAGE_ITEMS, NamespacePageQuery};

/// Warns where a rule is about one component that is not there: it may come, or its name be mistyped.
pub async fn warning(component: Option<&Reference>, context: &Context) -> Option<String> {
    let component = component?;
    let found = context.ask(component.family_at(ShowComponent::at)).await;
    // Whoever may set rules may not be one to look at components.
    if !found.is_err_and(|error| error.ends_with(Exit::NotFound)) {
        return None;
    }
    let meant = match near(component, context).await {
        Some(meant) => format!("; did you mean {}/{meant}?", component.namespace),
        None => String::new(),
    };
    let what =
        format!("there is no component {component} yet; the rule holds once there is{meant}");
    Some(paint::warning(what))
}

/// A component of the same namespace with a similar name, among the first.
async fn near(component: &Reference, context: &Context) -> Option<Name> {
    let query = NamespacePageQuery {
        limit: Some(MAX_PAGE_ITEMS),
        ..NamespacePageQuery::of(Some(component.namespace.clone()))
    };
    let page = context.call(ListComponents {}).query(&query).await.ok()?;
    let names = page.items.iter().map(|it| it.name.as_str());
    nearest(component.name.as_str(), names)?.parse().ok()
}
