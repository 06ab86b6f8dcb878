//! What a folder has to upload, each asked of the host's plans first.

use super::change::{Action, Change, Op};
use super::folder::{ComponentUpload, TemplateUpload};
use super::versions::{Brought, Versions};
use crate::client::Ask as _;
use crate::component::publish::{read_component, signed};
use crate::signing::signatures_beside;
use crate::{CliError, Context, units};
use semver::Version;
use std::collections::BTreeMap;
use tasker_compat::component::compare_components;
use tasker_compat::{CompatReport, bump, template};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::plan::{Assumed, Numbered, TemplatePlan};
use tasker_domain::requirement::{ComponentRef, QualifiedName, Requirement};
use tasker_domain::resolve::Ineligible;
use tasker_domain::template::{Position, Template};
use tasker_wire::component::PlanComponentUpload;
use tasker_wire::template::{PlanTemplate, PlannedTemplate};

/// How templates are planned and published.
pub struct TemplateOptions {
    /// Also where no task could run yet.
    pub allow_missing: bool,
    /// What the folder pins components to before its templates come; none where a pin goes.
    pub pins: BTreeMap<ComponentRef, Option<Requirement>>,
}

/// What a plan of one upload comes to.
#[derive(Default)]
struct PlannedUpload {
    /// Of a component that the host could inspect.
    descriptor: Option<Box<Descriptor>>,
    note: String,
    ineligible: Option<Ineligible>,
    obstacle: Option<String>,
}

impl Versions {
    /// Uploads of components whose bytes the host does not have; what it has with other bytes is a
    /// conflict.
    pub async fn component_changes(
        &mut self,
        namespace: &Name,
        uploads: BTreeMap<(Name, Version), ComponentUpload>,
        conflicts: &mut Vec<String>,
        context: &Context,
    ) -> Result<Vec<Change>, CliError> {
        let mut changes = Vec::new();
        for ((name, version), upload) in uploads {
            let target = qualified(namespace, &name);
            let subject = format!("component {target}@{version}");
            let found = self
                .find(PinKind::Component, &target, &version, context)
                .await?;
            let planned = match found {
                Some(found) if found.digest != upload.digest => {
                    conflicts.push(subject);
                    continue;
                }
                Some(found) if !found.is_collected => continue,
                found => {
                    let planned = self.plan_component(&target, &version, &upload, context);
                    let planned = planned.await?;
                    match found {
                        Some(found) => brought_back(found.ineligible, planned),
                        None => planned,
                    }
                }
            };
            if let Some(descriptor) = planned.descriptor {
                let path = upload.path.clone();
                let brought = Brought::Component { path, descriptor };
                let brought = (upload.digest, brought);
                self.bring(
                    PinKind::Component,
                    &target,
                    &version,
                    brought,
                    planned.ineligible,
                );
            }
            let size = units::size(upload.bytes);
            changes.push(Change {
                op: Op::Add,
                subject,
                note: [size, planned.note].join("  ").trim_end().to_owned(),
                action: Action::Component {
                    name,
                    version,
                    path: upload.path,
                },
                obstacle: planned.obstacle,
            });
        }
        Ok(changes)
    }

    /// The same for templates.
    pub async fn template_changes(
        &mut self,
        namespace: &Name,
        uploads: BTreeMap<(Name, Version), TemplateUpload>,
        options: &TemplateOptions,
        conflicts: &mut Vec<String>,
        context: &Context,
    ) -> Result<Vec<Change>, CliError> {
        let mut changes = Vec::new();
        for ((name, version), upload) in uploads {
            let target = qualified(namespace, &name);
            let subject = format!("template {target}@{version}");
            let digest = Digest::of(upload.source.as_bytes());
            match self
                .find(PinKind::Template, &target, &version, context)
                .await?
            {
                Some(found) if found.digest == digest => continue,
                Some(_) => {
                    conflicts.push(subject);
                    continue;
                }
                None => {}
            }
            let planned = self.plan_template(&target, &version, &upload, options, context);
            let planned = planned.await?;
            let brought = Brought::Template(Box::new(upload.template));
            self.bring(
                PinKind::Template,
                &target,
                &version,
                (digest, brought),
                None,
            );
            changes.push(Change {
                op: Op::Add,
                subject,
                note: planned.note,
                action: Action::Template {
                    name,
                    version,
                    source: upload.source,
                    path: upload.path,
                    allow_missing: options.allow_missing,
                },
                obstacle: planned.obstacle,
            });
        }
        Ok(changes)
    }

    async fn plan_component(
        &self,
        target: &QualifiedName,
        version: &Version,
        upload: &ComponentUpload,
        context: &Context,
    ) -> Result<PlannedUpload, CliError> {
        let (bytes, signatures) = (
            read_component(&upload.path)?,
            signatures_beside(&upload.path)?,
        );
        let call = context.client.call(PlanComponentUpload::at(
            target.namespace.clone(),
            target.name.clone(),
            version.to_string(),
        ));
        let asked = signed(call.media(bytes.clone()), &signatures).await;
        let plan = match refused(asked.map_err(CliError::from))? {
            Ok(plan) => plan,
            Err(obstacle) => return Ok(PlannedUpload::never(obstacle)),
        };
        let new = (&plan.descriptor, &bytes[..]);
        let number = self.component_number(target, version, new)?;
        let number = number.as_ref().unwrap_or(&plan.number);
        let mut planned = PlannedUpload::held_to(number, &format!("component {target} {version}"));
        let unapproved = self.unapproved(target, version, &plan.descriptor, plan.unapproved);
        planned.descriptor = Some(Box::new(plan.descriptor));
        if !unapproved.is_empty() {
            planned.ineligible = Some(Ineligible::NeedsApproval);
            planned.add_note(&format!("waits for approval of {}", unapproved.join(", ")));
        }
        planned.add_obstacles(plan.obstacles.into_iter().map(|it| it.detail).collect());
        Ok(planned)
    }

    async fn plan_template(
        &self,
        target: &QualifiedName,
        version: &Version,
        upload: &TemplateUpload,
        options: &TemplateOptions,
        context: &Context,
    ) -> Result<PlannedUpload, CliError> {
        let steps = upload.template.steps.iter();
        let components = steps.map(|step| step.handler.component.qualified(&target.namespace));
        let planned = PlannedTemplate {
            source: upload.source.clone(),
            assume: Assumed {
                components: self.assumed(&components.collect()),
                pins: options.pins.clone(),
            },
        };
        let body = serde_json::to_vec(&planned).map_err(anyhow::Error::from)?;
        let call = context.client.call(PlanTemplate::at(
            target.namespace.clone(),
            target.name.clone(),
            version.to_string(),
        ));
        let asked = call.media_as("application/json", body).ask().await;
        let plan = match refused(asked)? {
            Ok(plan) => plan.value,
            Err(obstacle) => return Ok(PlannedUpload::never(obstacle)),
        };
        let number = self.template_number(target, version, &upload.template);
        let number = number.as_ref().unwrap_or(&plan.number);
        let mut planned = PlannedUpload::held_to(number, &format!("template {target} {version}"));
        let problems = problems(upload, &plan);
        match (problems.is_empty(), options.allow_missing) {
            (true, _) => {}
            (false, true) => planned.add_note("no task of it could run yet"),
            (false, false) => planned.add_obstacles(problems),
        }
        Ok(planned)
    }

    /// The compat report since the version below, where the folder brings that too.
    fn component_number(
        &self,
        target: &QualifiedName,
        version: &Version,
        (descriptor, bytes): (&Descriptor, &[u8]),
    ) -> Result<Option<Numbered>, CliError> {
        let below = self.new_below(PinKind::Component, target, version);
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
        let taken = self.numbers(PinKind::Component, target);
        let report = CompatReport::of(against.clone(), changes);
        Ok(Some(numbered(report, version, &taken)))
    }

    /// The same for a template.
    fn template_number(
        &self,
        target: &QualifiedName,
        version: &Version,
        new: &Template,
    ) -> Option<Numbered> {
        let (against, brought) = self.new_below(PinKind::Template, target, version)?;
        let Brought::Template(old) = brought else {
            return None;
        };
        let taken = self.numbers(PinKind::Template, target);
        let report = CompatReport::of(against.clone(), template::compare(old, new));
        Some(numbered(report, version, &taken))
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

impl PlannedUpload {
    fn never(obstacle: String) -> Self {
        Self {
            obstacle: Some(obstacle),
            ..Self::default()
        }
    }

    fn add_note(&mut self, note: &str) {
        self.note = format!("{}  {note}", self.note).trim_start().to_owned();
    }

    fn add_obstacles(&mut self, found: Vec<String>) {
        let all: Vec<String> = found.into_iter().chain(self.obstacle.take()).collect();
        self.obstacle = (!all.is_empty()).then(|| all.join("\n"));
    }

    fn held_to(number: &Numbered, subject: &str) -> Self {
        let Some(report) = &number.compat_report else {
            return Self::default();
        };
        let (level, against) = (report.level, &report.against);
        let broken = number.lowest_version.as_ref().zip(number.allowed);
        let obstacle = broken.map(|(lowest, allowed)| {
            format!(
                "{subject} allows a {allowed} change since {against}, but this is a {level} one: publish it as {lowest}"
            )
        });
        Self {
            note: format!("{level} since {against}"),
            obstacle,
            ..Self::default()
        }
    }
}

/// A version that gets its bytes back is not checked anew.
fn brought_back(ineligible: Option<Ineligible>, planned: PlannedUpload) -> PlannedUpload {
    PlannedUpload {
        note: "brought back".to_owned(),
        ineligible,
        ..planned
    }
}

fn qualified(namespace: &Name, name: &Name) -> QualifiedName {
    QualifiedName {
        namespace: namespace.clone(),
        name: name.clone(),
    }
}

/// A compat report held to the number of the version; `taken` are numbers that it could not have instead.
fn numbered(report: CompatReport, version: &Version, taken: &[Version]) -> Numbered {
    let allowed = bump::allowed(&report.against, version);
    let lowest = || bump::lowest(&report.against, report.level, version, taken);
    Numbered {
        allowed: Some(allowed),
        lowest_version: (report.level > allowed).then(lowest),
        compat_report: Some(report),
    }
}

/// What the host would refuse is an obstacle; other troubles end the plan.
fn refused<T>(asked: Result<T, CliError>) -> Result<Result<T, String>, CliError> {
    match asked {
        Ok(plan) => Ok(Ok(plan)),
        Err(CliError::Problem(problem)) if problem.is_refusal() => {
            Ok(Err(problem.what().to_owned()))
        }
        Err(error) => Err(error),
    }
}
