//! Publishing a template: check, then store once.

use super::obstacles::refusal;
use super::storable;
use super::until_unmoved::until_unmoved;
use super::{Registry, RegistryError, Release};
use crate::store::template::{NewStepTemplate, NewTemplateVersion, TemplateVersionRow};
use semver::Version;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::{OrderedStep, Template};

/// What came of publishing a template.
pub struct PublishedTemplate {
    pub row: TemplateVersionRow,
    /// False if the same version was there before.
    pub created: bool,
    /// What would keep a task of it from running now.
    pub warnings: Vec<String>,
}

/// Whether a template may name what is not there yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    #[default]
    Refused,
    /// It is reported as a warning, because the caller will publish it later.
    Allowed,
}

impl Registry {
    /// Checks the YAML and stores it under this version, which it has to name itself. The same text
    /// again changes nothing; another text under an existing version is refused, and so is a template
    /// of which no task could run now, unless what is missing may come later.
    pub async fn publish_template(
        &self,
        target: &QualifiedName,
        version: &Version,
        source: &str,
        missing: Missing,
        actor: &Actor,
    ) -> Result<PublishedTemplate, RegistryError> {
        let template = Template::parse(source)?;
        check_address(&template, target, version)?;
        let upload = (&template, source);
        until_unmoved(|| self.store_template(upload, missing, actor)).await
    }

    /// The revisions of all that decides whether tasks of the template can run.
    async fn revisions_of(
        &self,
        template: &Template,
    ) -> Result<BTreeMap<Name, i64>, RegistryError> {
        let components = template.components();
        let mut names: Vec<&str> = components.iter().map(|it| it.namespace.as_str()).collect();
        names.push(template.namespace.as_str());
        let rows = self.store.namespace_revisions(&names).await?;
        let revisions = rows
            .into_iter()
            .map(|row| (row.namespace, row.revisions.namespace));
        Ok(revisions.collect())
    }

    /// Stores the upload as it is decided now; `None` if what decides has moved by the end.
    async fn store_template(
        &self,
        (template, source): (&Template, &str),
        missing: Missing,
        actor: &Actor,
    ) -> Result<Option<PublishedTemplate>, RegistryError> {
        let target = &QualifiedName::of(&template.namespace, &template.name);
        let decided_by = self.revisions_of(template).await?;
        let version = &template.version;
        let definition = definition_json(template)?;
        let steps = template.ordered();
        let digest = Digest::of(source.as_bytes());
        let QualifiedName { namespace, name } = target;
        let stored = self.store.template_version(namespace, name, version);
        let is_new = stored.await?.is_none();
        if is_new {
            self.require_uses(template).await?;
        }
        let obstacles = self.template_obstacles(template, source).await?;
        if is_new && missing == Missing::Refused && !obstacles.is_empty() {
            return Err(refusal(obstacles));
        }
        let warnings = obstacles.into_iter().map(|found| found.message).collect();
        let compat_report = self.template_report(target, template).await?;
        let (new_steps, dependencies) = stored_steps(&steps);
        let new = NewTemplateVersion {
            namespace: &target.namespace,
            name: &target.name,
            version,
            digest,
            source,
            definition: &definition,
            steps: new_steps,
            dependencies,
            compat_report: compat_report.as_ref(),
            actor,
        };
        let stored = self.store.publish_template(&new, &decided_by).await?;
        let Some((row, created)) = stored else {
            return Ok(None);
        };
        if row.digest != digest {
            let release = Box::new(Release::new(PinKind::Template, target, version));
            let (existing, given) = (row.digest, digest);
            return Err(RegistryError::VersionExists {
                release,
                existing,
                given,
            });
        }
        Ok(Some(PublishedTemplate {
            row,
            created,
            warnings,
        }))
    }
}

/// Refuses a template that calls itself otherwise than it is published.
pub(crate) fn check_address(
    template: &Template,
    target: &QualifiedName,
    version: &Version,
) -> Result<(), RegistryError> {
    let fields = [
        (
            "namespace",
            template.namespace.to_string(),
            target.namespace.to_string(),
        ),
        ("name", template.name.to_string(), target.name.to_string()),
        ("version", template.version.to_string(), version.to_string()),
    ];
    match fields
        .into_iter()
        .find(|(_, written, addressed)| written != addressed)
    {
        None => Ok(()),
        Some((field, written, addressed)) => Err(RegistryError::TemplateAddress {
            field,
            written,
            addressed,
        }),
    }
}

/// What is stored of a template.
pub(crate) fn definition_json(template: &Template) -> Result<Value, RegistryError> {
    let definition = serde_json::to_value(template).map_err(|error| {
        RegistryError::stored(
            format!(
                "template {}/{} {}",
                template.namespace, template.name, template.version
            ),
            error,
        )
    })?;
    storable::check(&definition, "the template")?;
    Ok(definition)
}

/// Steps as they are stored, and (parent, child) by their numbers.
pub fn stored_steps(steps: &[OrderedStep<'_>]) -> (Vec<NewStepTemplate>, Vec<(i16, i16)>) {
    let stored = steps.iter().map(step_template).collect();
    (stored, steps.iter().flat_map(dependencies).collect())
}

fn step_template(ordered: &OrderedStep<'_>) -> NewStepTemplate {
    let retry = &ordered.policy.retry;
    NewStepTemplate {
        name: ordered.step.name.to_string(),
        parents: i32::try_from(ordered.parents.len()).expect("a template has at most 10,000 steps"),
        is_sink: ordered.is_sink,
        max_attempts: retry.max_attempts.into(),
        backoff: retry.backoff.into_str(),
        backoff_base_ms: milliseconds(retry.base),
        backoff_max_ms: milliseconds(retry.max),
        jitter: retry.jitter as f32,
        timeout_ms: milliseconds(ordered.policy.timeout),
        limits: Some(&ordered.policy.limits)
            .filter(|limits| !limits.is_empty())
            .map(|limits| json!(limits)),
        config: Some(&ordered.step.config)
            .filter(|config| !config.is_null())
            .map(Value::to_string),
        result_schema: ordered.step.result_schema.as_ref().map(Value::to_string),
    }
}

fn milliseconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).expect("a duration in a template is at most 24 hours")
}

fn dependencies(ordered: &OrderedStep<'_>) -> impl Iterator<Item = (i16, i16)> {
    let child = ordered.no;
    ordered.parents.iter().map(move |parent| (*parent, child))
}
