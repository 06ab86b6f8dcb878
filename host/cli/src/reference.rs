//! How a user names a template or a component: `namespace/name`, and `@version` for one version.

use std::fmt;
use std::str::FromStr;
use tasker_domain::ids::TaskId;
use tasker_domain::name::{Name, NameError};

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
    /// `namespace/name`, without the version.
    pub fn family(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
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

fn parse_version(version: &str) -> Result<semver::Version, ReferenceError> {
    version
        .parse()
        .map_err(|reason: semver::Error| ReferenceError::Version {
            version: version.to_owned(),
            reason: reason.to_string(),
        })
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)?;
        self.version
            .iter()
            .try_for_each(|version| write!(f, "@{version}"))
    }
}

/// A family without a version, for the places where a version stands elsewhere.
pub fn parse_family(text: &str) -> Result<Reference, String> {
    let reference: Reference = text.parse().map_err(|e: ReferenceError| e.to_string())?;
    match reference.version {
        Some(_) => Err(format!(
            "write `{}` without the version here",
            reference.family()
        )),
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

/// A namespace, or one component or template of it: `NAMESPACE[/NAME]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub namespace: Name,
    pub name: Option<Name>,
}

impl Place {
    pub fn into_parts(self) -> (Name, Option<Name>) {
        (self.namespace, self.name)
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('/') {
            let Reference {
                namespace, name, ..
            } = parse_family(text)?;
            let name = Some(name);
            return Ok(Self { namespace, name });
        }
        let namespace = text.parse().map_err(|e: NameError| e.to_string())?;
        Ok(Self {
            namespace,
            name: None,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.namespace.as_str())?;
        self.name.iter().try_for_each(|name| write!(f, "/{name}"))
    }
}

/// One component, or all of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComponentFamily {
    One(Reference),
    All(Name),
}

impl FromStr for ComponentFamily {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_suffix("/*") {
            Some(namespace) => namespace
                .parse()
                .map(Self::All)
                .map_err(|error| format!("{error}")),
            None => parse_family(text).map(Self::One),
        }
    }
}

impl fmt::Display for ComponentFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(component) => write!(f, "{component}"),
            Self::All(namespace) => write!(f, "every component of {namespace}"),
        }
    }
}

impl ComponentFamily {
    pub fn namespace(&self) -> &Name {
        match self {
            Self::One(component) => &component.namespace,
            Self::All(namespace) => namespace,
        }
    }

    /// `name`, or `*`.
    pub fn name(&self) -> String {
        match self {
            Self::One(component) => component.name.to_string(),
            Self::All(_) => "*".to_owned(),
        }
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
