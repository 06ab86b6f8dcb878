//! What an author or a caller asks for: a name and a semver range, as Cargo writes it.

use super::name::{Name, NameError};
use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest requirement, in bytes.
pub const MAX_REQUIREMENT_BYTES: usize = 200;

/// A semver range as Cargo reads it, kept as its author wrote it: `^1.4`, `1.4` (the same),
/// `~1.4.2`, `=1.4.2`, `>=1.2, <3`, `1.*`, `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Requirement {
    text: String,
    range: VersionReq,
}

/// A component by name, in another namespace where it says so: `[namespace/]component`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ComponentRef {
    /// `None`: the namespace of the reader of the name.
    pub namespace: Option<Name>,
    pub component: Name,
}

/// What a step runs: `[namespace/]component/handler[@requirement]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HandlerRef {
    pub component: ComponentRef,
    /// The handler's name inside the component.
    pub handler: Name,
    /// `*` where the text has none.
    pub requirement: Requirement,
}

/// A template as a caller asks for it: `namespace/name[@requirement]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TemplateRef {
    pub namespace: Name,
    pub name: Name,
    /// None: the namespace's pin, else the highest stable version.
    pub requirement: Option<Requirement>,
}

/// A template or component by its full name: `namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QualifiedName {
    pub namespace: Name,
    pub name: Name,
}

impl QualifiedName {
    pub fn of(namespace: &Name, name: &Name) -> Self {
        Self {
            namespace: namespace.clone(),
            name: name.clone(),
        }
    }
}

/// Why a text is not a requirement or a reference.
#[derive(Debug, thiserror::Error)]
pub enum RequirementError {
    #[error("a requirement cannot be empty; write a range such as `^1.4`, `=1.4.2` or `*`")]
    Empty,
    #[error("a requirement has at most {MAX_REQUIREMENT_BYTES} bytes; this one has {0}")]
    TooLong(usize),
    #[error(
        "`{}` is not a version range: {source}; write for example `^1.4`, `~1.4.2`, `=1.4.2` or `>=1.2, <3`",
        text.escape_debug()
    )]
    Range { text: String, source: semver::Error },
    #[error(
        "`{}` does not have the form {form}; write for example `{example}`",
        shorten(text)
    )]
    Form {
        text: String,
        form: &'static str,
        example: &'static str,
    },
    #[error("`{}`: {source}; write for example `{example}`", shorten(text))]
    Part {
        text: String,
        example: &'static str,
        source: NameError,
    },
}

impl Requirement {
    /// Exactly this version, a pre-release included.
    pub fn exact(version: &Version) -> Self {
        format!("={version}")
            .parse()
            .expect("`=` and a version are a requirement")
    }

    /// Any stable version: `*`.
    pub fn any() -> Self {
        Self {
            text: "*".to_owned(),
            range: VersionReq::STAR,
        }
    }

    /// True if the version lies in the range. A pre-release does so only where the range names
    /// a pre-release of the same major.minor.patch.
    pub fn matches(&self, version: &Version) -> bool {
        self.range.matches(version)
    }

    /// The versions that its bounds name, with 0 for what they leave out.
    pub fn bounds(&self) -> impl Iterator<Item = Version> {
        self.range.comparators.iter().map(|bound| Version {
            pre: bound.pre.clone(),
            ..Version::new(
                bound.major,
                bound.minor.unwrap_or(0),
                bound.patch.unwrap_or(0),
            )
        })
    }

    /// What it means, in one way of writing: `^1.0.0` for `1.0.0`.
    pub fn canonical(&self) -> String {
        self.range.to_string()
    }

    /// The only version that it takes, where it names one.
    pub fn is_exact(&self) -> bool {
        let [bound] = &self.range.comparators[..] else {
            return false;
        };
        bound.op == semver::Op::Exact && bound.patch.is_some()
    }

    /// As its author wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(RequirementError::Empty);
        }
        if text.len() > MAX_REQUIREMENT_BYTES {
            return Err(RequirementError::TooLong(text.len()));
        }
        let text = text.to_owned();
        match VersionReq::parse(&text) {
            Ok(range) => Ok(Self { text, range }),
            Err(source) => Err(RequirementError::Range { text, source }),
        }
    }
}

impl ComponentRef {
    const FORM: &'static str = "a component, `component` or `namespace/component`";
    const EXAMPLE: &'static str = "payments";

    /// Its full name; `home` is the namespace in which the name is read.
    pub fn qualified(&self, home: &Name) -> QualifiedName {
        QualifiedName {
            namespace: self.namespace.as_ref().unwrap_or(home).clone(),
            name: self.component.clone(),
        }
    }
}

impl FromStr for ComponentRef {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let name = |part| parse_name(part, text, Self::EXAMPLE);
        let parts: Vec<&str> = text.split('/').collect();
        let (namespace, component) = match parts[..] {
            [component] => (None, component),
            [namespace, component] => (Some(namespace), component),
            _ => return Err(wrong_form(text, Self::FORM, Self::EXAMPLE)),
        };
        Ok(Self {
            namespace: namespace.map(name).transpose()?,
            component: name(component)?,
        })
    }
}

impl HandlerRef {
    const FORM: &'static str =
        "a handler, `component/handler@requirement` or `namespace/component/handler@requirement`";
    const EXAMPLE: &'static str = "payments/charge@^1.4";
}

impl FromStr for HandlerRef {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let (path, requirement) = split_requirement(text)?;
        let name = |part| parse_name(part, text, Self::EXAMPLE);
        let parts: Vec<&str> = path.split('/').collect();
        let (namespace, component, handler) = match parts[..] {
            [component, handler] => (None, component, handler),
            [namespace, component, handler] => (Some(namespace), component, handler),
            _ => return Err(wrong_form(text, Self::FORM, Self::EXAMPLE)),
        };
        Ok(Self {
            component: ComponentRef {
                namespace: namespace.map(name).transpose()?,
                component: name(component)?,
            },
            handler: name(handler)?,
            requirement: requirement.unwrap_or_else(Requirement::any),
        })
    }
}

impl TemplateRef {
    const FORM: &'static str = "a template, `namespace/name` or `namespace/name@requirement`";
    const EXAMPLE: &'static str = "orders/fulfil@^1.2";
}

impl FromStr for TemplateRef {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let (path, requirement) = split_requirement(text)?;
        let parts: Vec<&str> = path.split('/').collect();
        let [namespace, template] = parts[..] else {
            return Err(wrong_form(text, Self::FORM, Self::EXAMPLE));
        };
        Ok(Self {
            namespace: parse_name(namespace, text, Self::EXAMPLE)?,
            name: parse_name(template, text, Self::EXAMPLE)?,
            requirement,
        })
    }
}

fn split_requirement(text: &str) -> Result<(&str, Option<Requirement>), RequirementError> {
    match text.split_once('@') {
        Some((path, requirement)) => Ok((path, Some(requirement.parse()?))),
        None => Ok((text, None)),
    }
}

fn parse_name(part: &str, text: &str, example: &'static str) -> Result<Name, RequirementError> {
    part.parse().map_err(|source| RequirementError::Part {
        text: text.to_owned(),
        example,
        source,
    })
}

fn wrong_form(text: &str, form: &'static str, example: &'static str) -> RequirementError {
    RequirementError::Form {
        text: text.to_owned(),
        form,
        example,
    }
}

/// At most this many characters of a wrong text are shown.
const SHOWN_CHARS: usize = 80;

fn shorten(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN_CHARS).collect();
    let rest = if shown.len() < text.len() { "…" } else { "" };
    format!("{}{rest}", shown.escape_debug())
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Display for ComponentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        write!(f, "{}", self.component)
    }
}

impl fmt::Display for HandlerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}@{}",
            self.component, self.handler, self.requirement
        )
    }
}

impl fmt::Display for TemplateRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)?;
        match &self.requirement {
            Some(requirement) => write!(f, "@{requirement}"),
            None => Ok(()),
        }
    }
}

impl QualifiedName {
    pub fn parts(&self) -> (&str, &str) {
        (self.namespace.as_str(), self.name.as_str())
    }
}

impl FromStr for QualifiedName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (namespace, name) = text.split_once('/').unwrap_or((text, ""));
        Ok(Self {
            namespace: namespace.parse()?,
            name: name.parse()?,
        })
    }
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// Serde carries each of these as the text that `Display` writes and `FromStr` reads.
macro_rules! carried_as_text {
    ($($type:ty),+) => {$(
        impl TryFrom<String> for $type {
            type Error = RequirementError;

            fn try_from(text: String) -> Result<Self, RequirementError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }
    )+};
}

carried_as_text!(Requirement, ComponentRef, HandlerRef, TemplateRef);

#[cfg(test)]
mod tests;
