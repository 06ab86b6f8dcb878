//! What is published of a project: pre-releases of its version, each pinned.

use super::compiler::Built;
use super::pins::Pins;
use super::project::Definition;
use super::report::{Event, say};
use super::rewrite::{self, Component, number_of, pre_release};
use super::{DevHost, namespace};
use crate::client::versions;
use crate::component::publish::{Upload, send};
use crate::component::show::{self, to_grant};
use crate::{Answer, Ask as _, CliError, Context, Exit, Reference, Result, word};
use semver::Version;
use std::time::Instant;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::Template;
use tasker_wire::component::{ApproveComponent, ComponentVersion, ShowComponent};
use tasker_wire::grant::{AddGrant, NewGrant};
use tasker_wire::reason::OnlyReason;
use tasker_wire::template::{PublishQuery, PublishTemplate, ShowTemplate, TemplateVersion};

/// Publishes and pins.
pub struct Publisher<'a> {
    context: &'a Context,
    host: DevHost,
    /// That of everything that is published; by default it depends on the host.
    namespace: Option<Name>,
    /// The number of the last version; `None` before the first.
    number: Option<u64>,
    component: Option<Published<Digest>>,
    template: Option<Published<Template>>,
    pins: Pins,
    /// The component version that new tasks take.
    current: Option<Reference>,
}

/// A version, and of what it was made.
struct Published<T> {
    release: Reference,
    /// As the project has it.
    version: Version,
    of: T,
}

impl<'a> Publisher<'a> {
    pub fn new(namespace: Option<Name>, host: DevHost, context: &'a Context) -> Self {
        Self {
            context,
            host,
            namespace,
            number: None,
            component: None,
            template: None,
            pins: Pins::default(),
            current: None,
        }
    }

    /// What new tasks take now, if anything was published.
    pub fn current(&self) -> Option<&Reference> {
        self.current.as_ref()
    }

    /// Publishes the component where it is another one than before.
    pub async fn component(&mut self, built: &Built) -> Result<Reference> {
        let context = self.context;
        let known = self.component.as_ref();
        let known = known.filter(|it| it.of == built.digest && it.version == built.version);
        if let Some(known) = known {
            let (kind, release) = ("component", known.release.to_string());
            say(&Event::Unchanged { kind, release }, context.output)?;
            return Ok(known.release.clone());
        }
        let begun = Instant::now();
        let family = Reference::family_of(&self.home(&built.name)?, &built.name.name);
        let wanted = pre_release(&built.version, self.next_number(&family).await?);
        let upload = |version: &Version| Upload {
            release: family.clone().at(version.clone()),
            bytes: built.bytes.clone(),
            signatures: Vec::new(),
        };
        let mut published = send(upload(&wanted), context).await;
        if let Some(lowest) = published.as_ref().err().and_then(CliError::lowest_version) {
            self.renumber(&wanted, &family.clone().at(lowest.clone()))?;
            published = send(upload(&lowest), context).await;
        }
        let published = published?.value;
        let release = family.at(published.version.clone());
        self.grant(&published, &release).await?;
        self.component = Some(Published {
            release: release.clone(),
            version: built.version.clone(),
            of: built.digest,
        });
        let event = Event::Published {
            kind: "component",
            release: release.to_string(),
            digest: published.digest.short(),
            took_ms: begun.elapsed(),
        };
        say(&event, context.output)?;
        Ok(release)
    }

    /// Has new tasks take this version of the component, and of no template.
    pub async fn pin_component(&mut self, component: &Reference) -> Result<()> {
        self.pin(PinKind::Component, component).await?;
        self.current = Some(component.clone());
        Ok(())
    }

    /// Publishes the template where it or the component is another one than before, and has new tasks take both. Where it is
    /// refused they take what they took before. `None` where no step runs the component.
    pub async fn template(
        &mut self,
        definition: &Definition,
        project: &QualifiedName,
        component: &Reference,
    ) -> Result<Option<Reference>> {
        let own = Component {
            project,
            published: component,
        };
        let home = &component.namespace;
        let Some(template) = rewrite::rewritten(&definition.template, &own, home) else {
            return Ok(None);
        };
        // A step is resolved by the template and by the pin, so that this one comes first.
        self.pin(PinKind::Component, component).await?;
        let release = match self.publish_template(template, component).await {
            Ok(release) => release,
            Err(error) => {
                if let Some(current) = self.current.clone() {
                    self.pin(PinKind::Component, &current).await?;
                }
                return Err(error);
            }
        };
        self.pin(PinKind::Template, &release).await?;
        self.current = Some(component.clone());
        Ok(Some(release))
    }

    async fn publish_template(
        &mut self,
        template: Template,
        component: &Reference,
    ) -> Result<Reference> {
        let known = self.template.as_ref().filter(|it| it.of == template);
        if let Some(known) = known {
            return Ok(known.release.clone());
        }
        let (context, begun) = (self.context, Instant::now());
        let family = Reference::family_of(&template.namespace, &template.name);
        let wanted = pre_release(&template.version, self.next_number(component).await?);
        let mut published = send_template(&template, &wanted, context).await;
        if let Some(lowest) = published.as_ref().err().and_then(CliError::lowest_version) {
            self.renumber(&wanted, &family.clone().at(lowest.clone()))?;
            published = send_template(&template, &lowest, context).await;
        }
        let published = published?.value;
        let release = family.at(published.version.clone());
        self.template = Some(Published {
            release: release.clone(),
            version: template.version.clone(),
            of: template,
        });
        let event = Event::Published {
            kind: "template",
            release: release.to_string(),
            digest: published.digest.short(),
            took_ms: begun.elapsed(),
        };
        say(&event, context.output)?;
        Ok(release)
    }

    /// Takes the pins back on a host that others use.
    pub async fn leave(&mut self) {
        if self.host == DevHost::Own {
            return;
        }
        let what = self.pins.take_back(self.context).await;
        if !what.is_empty() {
            // Where nobody reads it, it is done all the same.
            let _ = say(&Event::TakenBack { what: &what }, self.context.output);
        }
    }

    /// The namespace that everything is published into.
    fn home(&self, project: &QualifiedName) -> Result<Name> {
        match (&self.namespace, self.host) {
            (Some(namespace), _) => Ok(namespace.clone()),
            (None, DevHost::Own) => Ok(project.namespace.clone()),
            (None, DevHost::Running) => namespace::of_user(),
        }
    }

    /// One above the last, and above what is there from another time.
    async fn next_number(&mut self, component: &Reference) -> Result<u64> {
        let last = match (self.number, self.host) {
            (Some(number), _) => number,
            (None, DevHost::Own) => 0,
            (None, DevHost::Running) => highest(component, self.context).await?,
        };
        let next = last.saturating_add(1);
        self.number = Some(next);
        Ok(next)
    }

    fn renumber(&self, wanted: &Version, release: &Reference) -> Result<()> {
        let (wanted, release) = (wanted.to_string(), release.to_string());
        say(&Event::Renumbered { wanted, release }, self.context.output)
    }

    async fn pin(&mut self, kind: PinKind, release: &Reference) -> Result<()> {
        self.pins.set(kind, release, self.host, self.context).await
    }

    /// Grants what the version requests on a host of its own, and shows the commands that grant the rest.
    async fn grant(&self, published: &ComponentVersion, release: &Reference) -> Result<()> {
        let (context, component) = (self.context, release.family());
        let mut commands = show::next(published);
        if self.host == DevHost::Own && !commands.is_empty() {
            let missing = published.requested.iter().filter(|it| !it.granted);
            let missing = missing.map(|it| it.capability.clone());
            // What names no destination is for its author to fill in.
            let (granted, open): (Vec<_>, Vec<_>) = missing.partition(|it| to_grant(it) == *it);
            match published.unapproved.is_empty() {
                true => add_grants(&granted, release, context).await?,
                false => {
                    let call = context.call(release.version_at(ApproveComponent::at));
                    call.json(&OnlyReason::default()).ask().await?;
                }
            }
            if !granted.is_empty() {
                let (component, capabilities) = (component.clone(), &granted);
                let event = Event::Granted {
                    component,
                    capabilities,
                };
                say(&event, context.output)?;
            }
            let open = open.iter().map(|it| word(&to_grant(it)));
            commands = open
                .map(|it| format!("tasker grant add {component} {it}"))
                .collect();
        }
        if commands.is_empty() {
            return Ok(());
        }
        let commands = &commands;
        say(
            &Event::NotGranted {
                component,
                commands,
            },
            context.output,
        )
    }
}

async fn add_grants(capabilities: &[String], to: &Reference, context: &Context) -> Result<()> {
    for capability in capabilities {
        let new = NewGrant {
            component: to.name.to_string(),
            capability: capability.clone(),
            reason: String::new(),
        };
        let call = context.call(AddGrant::at(to.namespace.clone()));
        call.json(&new).ask().await?;
    }
    Ok(())
}

async fn send_template(
    template: &Template,
    version: &Version,
    context: &Context,
) -> Result<Answer<TemplateVersion>> {
    let template = Template {
        version: version.clone(),
        ..template.clone()
    };
    let source = serde_json::to_string_pretty(&template).map_err(anyhow::Error::from)?;
    let (namespace, name) = (template.namespace, template.name);
    let endpoint = PublishTemplate::at(namespace, name, version.to_string());
    let call = context.call(endpoint).query(&PublishQuery {
        allow_missing: false,
    });
    call.media(source).ask().await
}

/// The highest number that the component and the template of the same name were published with.
async fn highest(component: &Reference, context: &Context) -> Result<u64> {
    let of_component = component.family_at(ShowComponent::at);
    let of_component = versions(&context.client, of_component).await;
    let of_component = found(of_component)?.map_or_else(Vec::new, |found| {
        found.versions.into_iter().map(|it| it.version).collect()
    });
    let of_template = component.family_at(ShowTemplate::at);
    let of_template = versions(&context.client, of_template).await;
    let of_template = found(of_template)?.map_or_else(Vec::new, |found| {
        found.versions.into_iter().map(|it| it.version).collect()
    });
    let all = of_component.iter().chain(&of_template);
    Ok(all.filter_map(number_of).max().unwrap_or_default())
}

fn found<T>(asked: Result<Answer<T>>) -> Result<Option<T>> {
    match asked {
        Ok(answer) => Ok(Some(answer.value)),
        Err(error) if error.ends_with(Exit::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
