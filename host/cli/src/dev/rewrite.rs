//! A template as it is published while it is worked on: in the namespace of its tasks, and with exactly the version of the
//! component that was built. The ranges that its author wrote do not take pre-releases.

use crate::Reference;
use semver::{Prerelease, Version};
use tasker_domain::name::Name;
use tasker_domain::requirement::{ComponentRef, QualifiedName, Requirement};
use tasker_domain::template::{Identity, Template};

/// What the name of the project means, and what was published of it.
pub struct Component<'a> {
    /// As the manifest has it.
    pub project: &'a QualifiedName,
    /// What was published, with its version.
    pub published: &'a Reference,
}

/// The template with the steps of the project at what was published, or `None` where no step is.
pub fn rewritten(template: &Template, component: &Component<'_>, home: &Name) -> Option<Template> {
    let mut template = template.clone();
    let from = std::mem::replace(&mut template.namespace, home.clone());
    // Every run is to be a new task, though its input is the same.
    if template.identity == Identity::Strict {
        template.identity = Identity::Unique;
    }
    let mut is_run = false;
    for step in &mut template.steps {
        let handler = &mut step.handler;
        let target = handler.component.qualified(&from);
        if target == *component.project {
            is_run = true;
            let published = component.published;
            handler.component = published.within(home);
            let version = published.version.as_ref();
            handler.requirement = version.map_or_else(Requirement::any, Requirement::exact);
        } else if from != *home {
            handler.component = ComponentRef {
                namespace: Some(target.namespace).filter(|namespace| namespace != home),
                component: target.name,
            };
        }
    }
    is_run.then_some(template)
}

/// `1.2.0-dev.3` of `1.2.0`, `1.2.0-rc.1.dev.3` of `1.2.0-rc.1`.
pub fn pre_release(version: &Version, number: u64) -> Version {
    let before = match version.pre.is_empty() {
        true => String::new(),
        false => format!("{}.", version.pre),
    };
    let pre = format!("{before}dev.{number}");
    Version {
        pre: Prerelease::new(&pre).expect("parts of digits and letters are a pre-release"),
        ..Version::new(version.major, version.minor, version.patch)
    }
}

/// The number that a version was published with by this command, if it was.
pub fn number_of(version: &Version) -> Option<u64> {
    let (before, number) = version.pre.rsplit_once('.')?;
    let is_ours = before == "dev" || before.ends_with(".dev");
    number.parse().ok().filter(|_| is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "namespace: demo\nname: order\nversion: 1.0.0\nidentity: strict\nsteps:\n  \
        - {name: own, handler: hello/greet@^0.1}\n  \
        - {name: full, handler: demo/hello/greet}\n  \
        - {name: sibling, handler: mail/send@^2}\n  \
        - {name: other, handler: shop/pay/charge@^1}\n";

    fn handlers(home: &str) -> Vec<String> {
        let template = Template::parse(SOURCE).unwrap();
        let published = format!("{home}/hello@0.1.0-dev.3").parse().unwrap();
        let component = Component {
            project: &"demo/hello".parse().unwrap(),
            published: &published,
        };
        let rewritten = rewritten(&template, &component, &home.parse().unwrap()).unwrap();
        assert_eq!(rewritten.identity, Identity::Unique);
        // What is published is JSON, which is YAML of the same template.
        let json = serde_json::to_string_pretty(&rewritten).unwrap();
        assert_eq!(Template::parse(&json).unwrap(), rewritten);
        let steps = rewritten.steps.iter();
        steps.map(|step| step.handler.to_string()).collect()
    }

    #[test]
    fn steps_of_the_project_run_what_was_published() {
        let expected = [
            "hello/greet@=0.1.0-dev.3",
            "hello/greet@=0.1.0-dev.3",
            "mail/send@^2",
            "shop/pay/charge@^1",
        ];
        assert_eq!(handlers("demo"), expected);
    }

    #[test]
    fn in_another_namespace_steps_of_other_components_keep_theirs() {
        let expected = [
            "hello/greet@=0.1.0-dev.3",
            "hello/greet@=0.1.0-dev.3",
            "demo/mail/send@^2",
            "shop/pay/charge@^1",
        ];
        assert_eq!(handlers("dev-ada"), expected);
    }

    #[test]
    fn a_template_of_other_components_only_is_not_run() {
        let template = Template::parse(SOURCE).unwrap();
        let published = "demo/bye@0.1.0-dev.3".parse().unwrap();
        let component = Component {
            project: &"demo/bye".parse().unwrap(),
            published: &published,
        };
        let rewritten = rewritten(&template, &component, &"demo".parse().unwrap());
        assert_eq!(rewritten, None);
    }

    #[test]
    fn versions_count_up_behind_the_version_of_the_project() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        let cases = [
            ("1.2.0", "1.2.0-dev.3"),
            ("1.2.0-rc.1", "1.2.0-rc.1.dev.3"),
            ("1.2.0+build", "1.2.0-dev.3"),
        ];
        for (own, expected) in cases {
            let made = pre_release(&version(own), 3);
            assert_eq!(made, version(expected));
            assert_eq!(number_of(&made), Some(3));
        }
        for other in ["1.2.0", "1.2.0-rc.1", "1.2.0-dev", "1.2.0-odev.1"] {
            assert_eq!(number_of(&version(other)), None, "{other}");
        }
    }
}
