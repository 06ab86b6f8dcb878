//! Task templates: the YAML of an author, checked as a whole, as a value.
//!
//! [`Template::parse`] goes source → tree → checks → definition and reports everything that is
//! wrong, each with its line and column. What it returns is stored as JSON and cannot be wrong
//! afterwards: its names are known, its graph has no cycle, its schemas compile.

mod check;
mod definition;
mod document;
mod environment;
pub mod graph;
mod order;
pub mod position;
pub mod retry;
mod scalar;
mod source;
mod tree;
pub mod yaml;

pub use check::nearest::nearest;
pub use check::schema::template_schema;
pub use definition::{Environment, Identity, Step, StepOverride, Template};
pub use document::read_document;
pub use environment::UnknownEnvironment;
pub use graph::GraphFormat;
pub use order::OrderedStep;
pub use position::{Finding, Position, TemplateError};
pub use retry::{Backoff, Policy, PolicySettings, RetryPolicy, RetrySettings};

/// The longest source, in bytes.
pub const MAX_SOURCE_BYTES: usize = 4 << 20;
/// The most steps of a template.
pub const MAX_STEPS: usize = 10_000;
/// The most entries in all `depends_on` of a template together.
pub const MAX_DEPENDENCIES: usize = 100_000;
/// The most environments of a template.
pub const MAX_ENVIRONMENTS: usize = 20;

impl Template {
    /// Reads and checks the YAML of a template.
    ///
    /// # Errors
    /// Everything that is wrong with it (the first [`position::MAX_FINDINGS`]), in the order of the
    /// text; where the text is not YAML at all, only the first such place.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut findings = position::Findings::default();
        let template = source::read(text, &mut findings)
            .and_then(|root| check::template(&root, &mut findings));
        findings.into_result(template)
    }

    /// Where the handlers of its steps are written in the YAML that a template was read from, in the
    /// order of its steps; empty where the text is not that YAML.
    pub fn handler_positions(text: &str) -> Vec<Position> {
        let root = source::read(text, &mut position::Findings::default());
        let Some(root) = root else {
            return Vec::new();
        };
        let at = |step: usize| root.at_pointer(&format!("/steps/{step}/handler"));
        (0..root.length_at("steps")).map(at).collect()
    }
}

#[cfg(test)]
mod tests;
