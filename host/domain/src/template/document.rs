//! YAML files beside templates, as typed values, by the same reader.

use super::position::{Finding, Findings, TemplateError};
use super::source;
use crate::byte_order_mark::without_mark;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

/// Reads a YAML document; one without content is an empty mapping.
///
/// # Errors
/// What is wrong with it, with line and column.
pub fn read_document<T: DeserializeOwned>(text: &str) -> Result<T, TemplateError> {
    let is_empty = without_mark(text)
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    let text = if is_empty { "{}" } else { text };
    let mut findings = Findings::default();
    let root = source::read(text, &mut findings);
    let root = findings.into_result(root)?;
    serde_path_to_error::deserialize(root.to_json()).map_err(|error| {
        let at = root.at_pointer(&pointer(error.path()));
        let finding = Finding {
            line: at.line,
            column: at.column,
            path: error.path().to_string(),
            message: error.inner().to_string(),
        };
        TemplateError {
            findings: vec![finding],
        }
    })
}

fn pointer(path: &Path) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(segment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::Requirement;
    use std::collections::BTreeMap;

    type Pins = BTreeMap<String, Requirement>;

    #[test]
    fn a_document_is_read_and_an_empty_one_is_an_empty_mapping() {
        let pins = read_document::<Pins>("charge: ^1.4\n").unwrap();
        assert_eq!(pins["charge"].as_str(), "^1.4");
        assert!(read_document::<Pins>("# nothing yet\n").unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_is_reported_with_its_place() {
        let error = read_document::<Pins>("a: ^1\ncharge: one\n").unwrap_err();
        let finding = &error.findings[0];
        assert_eq!((finding.line, finding.path.as_str()), (2, "charge"));
        assert!(
            finding.message.contains("is not a version range"),
            "{finding:?}"
        );
    }
}
