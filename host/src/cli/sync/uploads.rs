//! What a folder has to upload, each asked of the host's plans first.

use super::folder::{ComponentUpload, TemplateUpload};
use super::plan::{Action, Change, Op};
use super::versions::{Known, Versions};
use crate::cli::component::push::read_component;
use crate::cli::plan::view::{ComponentPlan, Numbered, TemplatePlan};
use crate::cli::signing::signatures_beside;
use crate::cli::{CliError, Context, units};
use crate::domain::digest::Digest;
use crate::domain::name::Name;
use crate::domain::requirement::QualifiedName;
use crate::domain::resolve::Bar;
use reqwest::Method;
use semver::Version;
use std::collections::BTreeMap;

/// What a plan of one upload comes to.
struct Foreseen {
    note: String,
    bar: Option<Bar>,
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
            let found = self.find("component", &target, &version, context).await?;
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
                        Some(found) => brought_back(found.bar, planned),
                        None => planned,
                    }
                }
            };
            self.bring("component", &target, &version, upload.digest, planned.bar);
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
        conflicts: &mut Vec<String>,
        context: &Context,
    ) -> Result<Vec<Change>, CliError> {
        let mut changes = Vec::new();
        for ((name, version), upload) in uploads {
            let target = qualified(namespace, &name);
            let subject = format!("template {target}@{version}");
            let digest = Digest::of(upload.source.as_bytes());
            match self.find("template", &target, &version, context).await? {
                Some(found) if found.digest == digest => continue,
                Some(_) => {
                    conflicts.push(subject);
                    continue;
                }
                None => {}
            }
            let planned = self.plan_template(&target, &version, &upload, context);
            let planned = planned.await?;
            self.bring("template", &target, &version, digest, None);
            changes.push(Change {
                op: Op::Add,
                subject,
                note: planned.note,
                action: Action::Template {
                    name,
                    version,
                    source: upload.source,
                    path: upload.path,
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
    ) -> Result<Foreseen, CliError> {
        let (bytes, signatures) = (
            read_component(&upload.path)?,
            signatures_beside(&upload.path)?,
        );
        let (length, text) = (bytes.len(), version.to_string());
        let path = plan_path("components", target, &text);
        let asked = context.client.upload_component::<ComponentPlan>(
            Method::POST,
            &path,
            bytes.into(),
            length,
            &signatures,
        );
        let plan = match refused(asked.await.map(|answer| answer.value))? {
            Ok(plan) => plan,
            Err(obstacle) => return Ok(Foreseen::never(obstacle)),
        };
        let mut foreseen = match self.new_below("component", target, version) {
            Some(below) => Foreseen::later(below),
            None => Foreseen::held_to(&plan.number, &format!("component {target} {version}")),
        };
        let wants = self.beyond_grants(target, version, plan.unapproved);
        if !wants.is_empty() {
            foreseen.bar = Some(Bar::NeedsApproval);
            let wants = wants.join(", ");
            let note = format!("{}  waits for approval of {wants}", foreseen.note);
            note.trim_start().clone_into(&mut foreseen.note);
        }
        let found = plan.obstacles.into_iter().map(|it| it.detail);
        let all: Vec<String> = found.chain(foreseen.obstacle).collect();
        foreseen.obstacle = (!all.is_empty()).then(|| all.join("\n"));
        Ok(foreseen)
    }

    async fn plan_template(
        &self,
        target: &QualifiedName,
        version: &Version,
        upload: &TemplateUpload,
        context: &Context,
    ) -> Result<Foreseen, CliError> {
        let text = version.to_string();
        let path = plan_path("templates", target, &text);
        let (yaml, body) = ("application/yaml", upload.source.clone().into_bytes());
        let asked =
            context
                .client
                .upload_with::<TemplatePlan>(Method::POST, &path, &[], yaml, body);
        let plan = match refused(asked.await.map(|answer| answer.value))? {
            Ok(plan) => plan,
            Err(obstacle) => return Ok(Foreseen::never(obstacle)),
        };
        Ok(match self.new_below("template", target, version) {
            Some(below) => Foreseen::later(below),
            None => Foreseen::held_to(&plan.number, &format!("template {target} {version}")),
        })
    }
}

impl Foreseen {
    fn never(obstacle: String) -> Self {
        Self {
            note: String::new(),
            bar: None,
            obstacle: Some(obstacle),
        }
    }

    /// Compared only once a version is there that the folder brings as well.
    fn later(below: &Known) -> Self {
        Self {
            note: format!("to be compared with {}", below.version),
            bar: None,
            obstacle: None,
        }
    }

    fn held_to(number: &Numbered, subject: &str) -> Self {
        let Some(verdict) = &number.verdict else {
            return Self {
                note: String::new(),
                bar: None,
                obstacle: None,
            };
        };
        let (level, against) = (verdict.level, &verdict.against);
        let broken = number.lowest_version.as_ref().zip(number.allowed);
        let obstacle = broken.map(|(lowest, allowed)| {
            format!(
                "{subject} leaves room for a {allowed} change since {against}, but this is a {level} one: publish it as {lowest}"
            )
        });
        Self {
            note: format!("{level} since {against}"),
            bar: None,
            obstacle,
        }
    }
}

/// A version that gets its bytes back is not judged anew.
fn brought_back(bar: Option<Bar>, planned: Foreseen) -> Foreseen {
    Foreseen {
        note: "brought back".to_owned(),
        bar,
        obstacle: planned.obstacle,
    }
}

fn qualified(namespace: &Name, name: &Name) -> QualifiedName {
    QualifiedName {
        namespace: namespace.clone(),
        name: name.clone(),
    }
}

fn plan_path<'a>(kind: &'a str, target: &'a QualifiedName, version: &'a str) -> [&'a str; 7] {
    let (namespace, name) = (target.namespace.as_str(), target.name.as_str());
    [
        "namespaces",
        namespace,
        kind,
        name,
        "versions",
        version,
        "plan",
    ]
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
