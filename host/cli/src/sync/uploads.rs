//! What a folder has to upload, each asked of the host's plans first.

use super::change::{Action, Change, Op};
use super::folder::{ComponentUpload, TemplateUpload};
use super::versions::{Brought, Family, Release, Versions};
use crate::component::publish::{Upload, planning, read_component};
use crate::signing::signatures_beside;
use crate::units::{self, joined};
use crate::{Ask as _, CliError, Result};
use semver::Version;
use std::collections::BTreeMap;
use tasker_compat::component::compare_components;
use tasker_compat::{CompatChange, CompatReport, bump, template};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::plan::{Assumed, Numbered, TemplatePlan};
use tasker_domain::requirement::{ComponentRef, Requirement};
use tasker_domain::resolve::Ineligible;
use tasker_domain::template::{Position, Template};
use tasker_wire::template::{PlanTemplate, PlannedTemplate};

/// What a plan of one upload comes to.
#[derive(Default)]
struct Planned {
    /// Of a component that the host could inspect.
    descriptor: Option<Box<Descriptor>>,
    notes: Vec<String>,
    ineligible: Option<Ineligible>,
    obstacles: Vec<String>,
}

/// What is learned of uploads to a namespace.
pub struct Uploads<'a, 'c> {
    pub namespace: &'a Name,
    pub versions: &'a mut Versions<'c>,
    /// What exists with other content.
    pub conflicts: Vec<String>,
    /// Templates are published also where no task could run yet.
    pub allow_missing: bool,
    /// What the folder pins components to before its templates come; none where a pin goes.
    pub pins: BTreeMap<ComponentRef, Option<Requirement>>,
}

impl Uploads<'_, '_> {
    /// Uploads of components whose bytes the host does not have.
    pub async fn components(
        &mut self,
        uploads: BTreeMap<(Name, Version), ComponentUpload>,
    ) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        for ((name, version), upload) in uploads {
            let family = Family::own(PinKind::Component, self.namespace, &name);
            let release = Release { family, version };
            if !self.is_due(&release, upload.digest).await? {
                continue;
            }
            let mut planned = self.plan_component(&release, &upload).await?;
            // A version that gets its bytes back is not checked anew.
            if let Some(found) = self.versions.find(&release).await? {
                planned.notes = vec!["brought back".to_owned()];
                planned.ineligible = found.ineligible;
            }
            if let Some(descriptor) = planned.descriptor.take() {
                let path = upload.path.clone();
                let brought = Brought::Component { path, descriptor };
                let (digest, ineligible) = (upload.digest, planned.ineligible);
                self.versions.bring(&release, digest, brought, ineligible);
            }
            planned.notes.insert(0, units::size(upload.bytes));
            let action = Action::Component {
                release: release.reference(),
                path: upload.path,
            };
            changes.push(planned.change(&release, action));
        }
        Ok(changes)
    }

    /// The same for templates.
    pub async fn templates(
        &mut self,
        uploads: BTreeMap<(Name, Version), TemplateUpload>,
    ) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        for ((name, version), upload) in uploads {
            let family = Family::own(PinKind::Template, self.namespace, &name);
            let release = Release { family, version };
            let digest = Digest::of(upload.source.as_bytes());
            if !self.is_due(&release, digest).await? {
                continue;
            }
            let planned = self.plan_template(&release, &upload).await?;
            let brought = Brought::Template(Box::new(upload.template));
            self.versions.bring(&release, digest, brought, None);
            let action = Action::Template {
                release: release.reference(),
                source: upload.source,
                path: upload.path,
                allow_missing: self.allow_missing,
            };
            changes.push(planned.change(&release, action));
        }
        Ok(changes)
    }

    /// Whether a version is to be uploaded; what the host has with other content is a conflict.
    async fn is_due(&mut self, release: &Release, digest: Digest) -> Result<bool> {
        let found = self.versions.find(release).await?;
        let is_other = found.as_ref().is_some_and(|found| found.digest != digest);
        if is_other {
            self.conflicts.push(release.to_string());
        }
        Ok(!is_other && found.is_none_or(|found| found.is_collected))
    }

    async fn plan_component(&self, release: &Release, upload: &ComponentUpload) -> Result<Planned> {
        let bytes = read_component(&upload.path)?;
        let sent = Upload {
            release: release.reference(),
            bytes: bytes.clone(),
            signatures: signatures_beside(&upload.path)?,
        };
        let asked = planning(sent, self.versions.context).await;
        let plan = match refused(asked.map_err(CliError::from))? {
            Ok(plan) => plan,
            Err(obstacle) => return Ok(Planned::never(obstacle)),
        };
        let mut planned = Planned {
            obstacles: plan.obstacles.into_iter().map(|it| it.detail).collect(),
            ..Planned::default()
        };
        let number = self.component_number(release, (&plan.descriptor, &bytes))?;
        planned.hold_to(number.as_ref().unwrap_or(&plan.number), release);
        let (descriptor, unapproved) = (plan.descriptor, plan.unapproved);
        let unapproved = self.versions.unapproved(release, &descriptor, unapproved);
        planned.descriptor = Some(Box::new(descriptor));
        if !unapproved.is_empty() {
            planned.ineligible = Some(Ineligible::NeedsApproval);
            let waits = format!("waits for approval of {}", unapproved.join(", "));
            planned.notes.push(waits);
        }
        Ok(planned)
    }

    async fn plan_template(&self, release: &Release, upload: &TemplateUpload) -> Result<Planned> {
        let steps = upload.template.steps.iter();
        let components = steps.map(|step| step.handler.component.qualified(self.namespace));
        let body = PlannedTemplate {
            source: upload.source.clone(),
            assume: Assumed {
                components: self.versions.assumed(components.collect()),
                pins: self.pins.clone(),
            },
        };
        let body = serde_json::to_vec(&body).map_err(anyhow::Error::from)?;
        let endpoint = release.reference().version_at(PlanTemplate::at);
        let call = self.versions.context.call(endpoint);
        let asked = call.media_as("application/json", body).ask().await;
        let plan = match refused(asked)? {
            Ok(plan) => plan.value,
            Err(obstacle) => return Ok(Planned::never(obstacle)),
        };
        let mut planned = Planned::default();
        let number = self.template_number(release, &upload.template);
        let problems = problems(upload, &plan);
        let is_missing = !problems.is_empty();
        if !self.allow_missing {
            planned.obstacles = problems;
        }
        planned.hold_to(number.as_ref().unwrap_or(&plan.number), release);
        if self.allow_missing && is_missing {
            planned.notes.push("no task of it could run yet".to_owned());
        }
        Ok(planned)
    }

    /// The compat report since the version below, where the folder brings that too.
    fn component_number(
        &self,
        release: &Release,
        (descriptor, bytes): (&Descriptor, &[u8]),
    ) -> Result<Option<Numbered>> {
        let below = self.versions.new_below(release);
        let Some((
            against,
            Brought::Component {
                path,
                descriptor: old,
            },
        )) = below
        else {
            return Ok(None);
        };
        let before = read_component(path)?;
        let changes = match before == bytes {
            true => Vec::new(),
            false => compare_components((old, &before), (descriptor, bytes)),
        };
        Ok(Some(self.numbered(release, against, changes)))
    }

    /// The same for a template.
    fn template_number(&self, release: &Release, new: &Template) -> Option<Numbered> {
        let below = self.versions.new_below(release);
        let (against, Brought::Template(old)) = below? else {
            return None;
        };
        Some(self.numbered(release, against, template::compare(old, new)))
    }

    /// Changes held to the number of the version.
    fn numbered(
        &self,
        release: &Release,
        against: &Version,
        changes: Vec<CompatChange>,
    ) -> Numbered {
        let report = CompatReport::of(against.clone(), changes);
        let Release { family, version } = release;
        let allowed = bump::allowed(against, version);
        let taken = self.versions.numbers(family);
        let lowest = || bump::lowest(against, report.level, version, &taken);
        Numbered {
            allowed: Some(allowed),
            lowest_version: (report.level > allowed).then(lowest),
            compat_report: Some(report),
        }
    }
}

/// What keeps tasks of the template from running once all of the folder is there, each with its place.
fn problems(upload: &TemplateUpload, plan: &TemplatePlan) -> Vec<String> {
    let positions = Template::handler_positions(&upload.source);
    let steps = upload.template.steps.iter().zip(&positions);
    let places: BTreeMap<&str, &Position> =
        steps.map(|(step, at)| (step.name.as_str(), at)).collect();
    let told = plan.steps.iter().filter_map(|choice| {
        let problem = choice.problem.as_ref()?;
        let at = places.get(choice.step.as_str())?;
        let file = upload.path.display();
        Some(format!("{file}:{}:{}: {problem}", at.line, at.column))
    });
    told.collect()
}

impl Planned {
    fn never(obstacle: String) -> Self {
        Self {
            obstacles: vec![obstacle],
            ..Self::default()
        }
    }

    /// Adds how large the change is, and whether the number allows it.
    fn hold_to(&mut self, number: &Numbered, release: &Release) {
        let Some(report) = &number.compat_report else {
            return;
        };
        let (level, against) = (report.level, &report.against);
        let Release { family, version } = release;
        self.notes.push(format!("{level} since {against}"));
        let broken = number.lowest_version.as_ref().zip(number.allowed);
        self.obstacles.extend(broken.map(|(lowest, allowed)| {
            format!(
                "{family} {version} allows a {allowed} change since {against}, but this is a {level} one: publish it as {lowest}"
            )
        }));
    }

    fn change(self, release: &Release, action: Action) -> Change {
        let obstacle = joined(
            self.obstacles,
            "
",
        );
        let obstacle = Some(obstacle).filter(|it| !it.is_empty());
        let note = self.notes.join("  ");
        Change::new(Op::Add, release.to_string(), note, action).hindered(obstacle)
    }
}

/// What the host would refuse is an obstacle; other troubles end the plan.
fn refused<T>(asked: Result<T>) -> Result<Result<T, String>> {
    match asked {
        Ok(plan) => Ok(Ok(plan)),
        Err(CliError::Problem(problem)) if problem.is_refusal() => {
            Ok(Err(problem.what().to_owned()))
        }
        Err(error) => Err(error),
    }
}
