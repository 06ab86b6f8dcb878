//! What a change of the catalog means to new tasks.

use super::{Catalog, TemplateStep};
use semver::Version;
use tasker_domain::impact::{ImpactReport, impact};
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;

impl Catalog {
    /// What new tasks take of this version at a step of theirs in `after`, which has it.
    pub fn step_impact(
        &self,
        after: &Self,
        step: &TemplateStep,
        version: &Version,
    ) -> ImpactReport {
        let (home, component) = (&step.namespace, step.component());
        let before = self.versions(home, PinKind::Component, &component);
        let with = after.versions(home, PinKind::Component, &component);
        let pin = after.pin(home, PinKind::Component, &component);
        let (asked, pinned) = (&step.handler.requirement, pin.map(|pin| &pin.pinned));
        impact(version, (&before, &with), Some(asked), pinned)
    }

    /// The same of a template, where new tasks ask for no version of it.
    pub fn template_impact(
        &self,
        after: &Self,
        target: &QualifiedName,
        version: &Version,
    ) -> ImpactReport {
        let versions = (
            self.family(PinKind::Template, target),
            after.family(PinKind::Template, target),
        );
        let pin = after.pin(&target.namespace, PinKind::Template, target);
        impact(version, versions, None, pin.map(|pin| &pin.pinned))
    }
}
