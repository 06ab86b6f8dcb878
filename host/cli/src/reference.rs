//! How a user names a template or a component: `namespace/name`, and `@version` for one version.

use std::fmt;
use std::str::FromStr;
use tasker_domain::ids::TaskId;
use tasker_domain::name::{Name, NameError};
use tasker_domain::requirement::ComponentRef;

/// A family of templates or components, and perhaps one version of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub namespace: Name,
    pub name: Name,
    pub version: Option<semver::Version>,
}

/// Why a text is not a [`Reference`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    #[error("`{0}` has no namespace; write namespace/name, for example `orders/{0}`")]
    NoNamespace(String),
    #[error("{0}")]
    Name(#[from] NameError),
    #[error("`{version}` is not a version ({reason}); write three numbers, for example `@1.2.0`")]
    Version { version: String, reason: String },
}

impl Reference {
    /// A family by its names.
    pub fn family_of(namespace: &Name, name: &Name) -> Self {
        Self {
            namespace: namespace.clone(),
            name: name.clone(),
            version: None,
        }
    }

    /// One version of it.
    pub fn at(self, version: semver::Version) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }

    /// `namespace/name`, without the version.
    pub fn family(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// As a namespace names it: `name`, or `other/name`.
    pub fn within(&self, home: &Name) -> ComponentRef {
        ComponentRef {
            namespace: Some(&self.namespace).filter(|own| *own != home).cloned(),
            component: self.name.clone(),
        }
    }

    /// The endpoint of this family: `family_at(ShowComponent::at)`.
    pub fn family_at<E>(&self, endpoint: impl FnOnce(Name, Name) -> E) -> E {
        endpoint(self.namespace.clone(), self.name.clone())
    }

    /// The endpoint of this version, whose text is empty where the reference has none:
    /// `version_at(ShowComponentVersion::at)`.
    pub fn version_at<E>(&self, endpoint: impl FnOnce(Name, Name, String) -> E) -> E {
        let version = self.version.as_ref().map(ToString::to_string);
        let (namespace, name) = (self.namespace.clone(), self.name.clone());
        endpoint(namespace, name, version.unwrap_or_default())
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let (family, version) = match text.split_once('@') {
            Some((family, version)) => (family, Some(parse_version(version)?)),
            None => (text, None),
        };
        let (namespace, name) = family
            .split_once('/')
            .ok_or_else(|| ReferenceError::NoNamespace(family.to_owned()))?;
        Ok(Self {
            namespace: namespace.parse()?,
            name: name.parse()?,
            version,
        })
    }
}

fn parse_version(text: &str) -> Result<semver::Version, ReferenceError> {
    text.parse().map_err(|reason: semver::Error| {
        let (version, reason) = (text.to_owned(), reason.to_string());
        ReferenceError::Version { version, reason }
    })
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)?;
        let mut version = self.version.iter();
        version.try_for_each(|version| write!(f, "@{version}"))
    }
}

/// A name in a path of the API, where a slash would end the segment: `other~name`.
pub fn segment(name: impl fmt::Display) -> String {
    name.to_string().replacen('/', "~", 1)
}

/// A family without a version, for the places where a version stands elsewhere.
pub fn parse_family(text: &str) -> Result<Reference, String> {
    let reference: Reference = text.parse().map_err(|e: ReferenceError| e.to_string())?;
    let family = reference.family();
    match reference.version {
        Some(_) => Err(format!("write `{family}` without the version here")),
        None => Ok(reference),
    }
}

/// One version of a family.
pub fn parse_release(text: &str) -> Result<Reference, String> {
    let reference: Reference = text.parse().map_err(|e: ReferenceError| e.to_string())?;
    match reference.version {
        Some(_) => Ok(reference),
        None => Err(format!("say which version, for example `{text}@1.4.0`")),
    }
}

/// The id of a task, as `tasker task ls` shows it.
pub fn parse_task_id(text: &str) -> Result<TaskId, String> {
    let right = "a task id is 32 hexadecimal digits with dashes; list them with: tasker task ls";
    text.parse().map_err(|_| right.to_owned())
}

/// One component or template, or all of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    One(Reference),
    All(Name),
}

/// `NAMESPACE[/NAME]`.
pub fn parse_target(text: &str) -> Result<Target, String> {
    match text.contains('/') {
        true => parse_family(text).map(Target::One),
        false => parse_name(text).map(Target::All),
    }
}

/// Components: `NAMESPACE/NAME`, or `NAMESPACE/*`.
pub fn parse_components(text: &str) -> Result<Target, String> {
    match text.strip_suffix("/*") {
        Some(namespace) => parse_name(namespace).map(Target::All),
        None => parse_family(text).map(Target::One),
    }
}

fn parse_name(text: &str) -> Result<Name, String> {
    text.parse().map_err(|e: NameError| e.to_string())
}

impl Target {
    pub fn namespace(&self) -> &Name {
        match self {
            Self::One(one) => &one.namespace,
            Self::All(namespace) => namespace,
        }
    }

    pub fn one(&self) -> Option<&Reference> {
        match self {
            Self::One(one) => Some(one),
            Self::All(_) => None,
        }
    }

    /// `orders/charge`, or what all are called.
    pub fn or_all(&self, all: impl FnOnce(&Name) -> String) -> String {
        match self {
            Self::One(one) => one.to_string(),
            Self::All(namespace) => all(namespace),
        }
    }

    /// Components in words.
    pub fn components(&self) -> String {
        self.or_all(|namespace| format!("every component of {namespace}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_and_written_alike() {
        for text in ["orders/fulfil", "orders/fulfil@1.2.0", "a-b/c_d@0.1.0-rc.1"] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_wrong_reference_says_what_would_be_right() {
        let error = |text: &str| text.parse::<Reference>().unwrap_err().to_string();
        assert!(error("fulfil").contains("orders/fulfil"));
        assert!(error("orders/fulfil@1.2").contains("`1.2` is not a version"));
        assert!(error("orders/ful fil").contains("' '"));
        assert!(error("orders/").contains("empty"));
        assert!(error("a/b/c").contains("'/'"));
    }

    #[test]
    fn one_version_is_asked_for_where_it_is_missing() {
        assert!(parse_release("orders/fulfil@1.0.0").is_ok());
        let refused = parse_release("orders/fulfil").unwrap_err();
        assert!(refused.contains("`orders/fulfil@1.4.0`"), "{refused}");
    }

    #[test]
    fn a_family_takes_no_version() {
        assert!(parse_family("orders/fulfil").is_ok());
        assert!(
            parse_family("orders/fulfil@1.0.0")
                .unwrap_err()
                .contains("without the version")
        );
    }
}
