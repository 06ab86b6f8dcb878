//! Reads a file of cases, and reports everything that is wrong with it at once.

mod call;
mod expect;
mod fakes;
mod http;
mod schema;
mod task;
mod values;

pub use schema::case_file_schema;

use super::case::Case;
use call::CALL_KEYS;
use fakes::FAKE_KEYS;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use tasker_domain::template::yaml::{self, Field, Fields, Findings, Path as KeyPath};
use tasker_domain::template::{MAX_SOURCE_BYTES, Position, TemplateError};
use values::Layers;

/// The most cases of one file.
pub const MAX_CASES_PER_FILE: usize = 10_000;
/// The longest name of a case, in characters.
pub const MAX_CASE_NAME_CHARS: usize = 200;

const FILE_KEYS: [&str; 5] = ["handler", "subscriber", "template", "defaults", "cases"];

/// The text of a file and its cases, or what is wrong with them.
#[derive(Debug)]
pub struct CaseFile {
    pub text: String,
    pub cases: Result<Vec<Case>, TemplateError>,
}

impl CaseFile {
    /// Reads a file of at most [`MAX_SOURCE_BYTES`].
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut text = String::new();
        let one_more = MAX_SOURCE_BYTES as u64 + 1;
        File::open(path)?.take(one_more).read_to_string(&mut text)?;
        let cases = parse(path, &text);
        Ok(Self { text, cases })
    }
}

/// The cases that this text has, which stands in the file of this path.
///
/// # Errors
/// Everything that is wrong with it, each with line and column.
pub fn parse(file: &Path, text: &str) -> Result<Vec<Case>, TemplateError> {
    let mut findings = Findings::default();
    if is_blank(text) {
        let message =
            "the file has no cases; write `handler: NAME` or `template: FILE`, and `cases:`";
        findings.push(Position::START, "", message);
        return findings.into_result(None);
    }
    let root = yaml::read(text, &mut findings);
    let cases = root.and_then(|root| {
        let root = Field {
            value: &root,
            path: KeyPath::default(),
        };
        all(file, &root, &mut findings)
    });
    findings.into_result(cases)
}

fn is_blank(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.all(|line| line.is_empty() || line.starts_with('#'))
}

fn all(file: &Path, root: &Field<'_>, findings: &mut Findings) -> Option<Vec<Case>> {
    let fields = Fields::of(root, &FILE_KEYS, findings)?;
    let keys: Vec<&str> = CALL_KEYS.into_iter().chain(FAKE_KEYS).collect();
    let defaults = fields.get("defaults");
    let defaults = defaults.and_then(|field| Fields::of(&field, &keys, findings));
    let example = "[{name: …, input: …, expect: {…}}]";
    let list = fields.required("cases", example, findings)?;
    let items = list.items(findings);
    if items.is_empty() || items.len() > MAX_CASES_PER_FILE {
        let count = items.len();
        let message = format!("there are {count} cases; a file has 1 to {MAX_CASES_PER_FILE}");
        list.report(message, findings);
        return None;
    }
    let mut names = BTreeSet::new();
    let cases = items.iter().map(|item| {
        let keys = ["name", "expect"].into_iter().chain(keys.iter().copied());
        let own = Fields::of(item, &keys.collect::<Vec<_>>(), findings)?;
        let name = name(&own, &mut names, findings);
        let layers = Layers {
            own: &own,
            defaults: defaults.as_ref(),
            file: &fields,
        };
        let call = call::read(&layers, item.value.at, findings);
        let fakes = fakes::read(&layers, findings);
        let expect = own.get("expect");
        let expect = expect.map(|field| expect::read(&field, findings));
        Some(Case {
            file: file.to_owned(),
            name: name?,
            at: item.value.at,
            call: call?,
            fakes: fakes?,
            expect: expect.unwrap_or_default(),
        })
    });
    // All of them are looked at, so that everything wrong is found.
    cases.collect::<Vec<_>>().into_iter().collect()
}

fn name(own: &Fields<'_>, names: &mut BTreeSet<String>, findings: &mut Findings) -> Option<String> {
    let field = own.required("name", "greets whoever is named", findings)?;
    let name = field.text("greets whoever is named", findings)?.trim();
    let chars = name.chars().count();
    if !(1..=MAX_CASE_NAME_CHARS).contains(&chars) || name.chars().any(char::is_control) {
        let most = MAX_CASE_NAME_CHARS;
        let message =
            format!("a name has 1 to {most} characters on one line; this one has {chars}");
        field.report(message, findings);
        return None;
    }
    if !names.insert(name.to_lowercase()) {
        field.report(
            "another case of the file has this name; name it otherwise",
            findings,
        );
        return None;
    }
    Some(name.to_owned())
}

#[cfg(test)]
mod tests;
