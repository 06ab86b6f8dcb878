//! The SDK of every language does the same: one table of cases, run against a component of each.

mod case;
mod descriptor;
mod language;
mod projects;
mod releases;
mod replays;
pub mod services;
mod shapes;
mod values;

use case::Case;
use language::{Built, LANGUAGES, Language};

/// The cases, one after another; all that differ from what was expected are reported at once.
async fn conforms(name: &str) {
    let language = Language::named(name);
    let Some(built) = language.built().await else {
        return;
    };
    let mut faults = descriptor::faults(&built).await;
    for case in Case::all() {
        let fault = case.fault(language, &built).await;
        faults.extend(fault.map(|fault| format!("{}: {fault}", case.name)));
    }
    faults.extend(case::randomness(&built).await);
    assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
}

#[tokio::test]
async fn rust_conforms() {
    conforms("rust").await;
}

#[tokio::test]
async fn typescript_conforms() {
    conforms("typescript").await;
}

#[tokio::test]
async fn python_conforms() {
    conforms("python").await;
}

#[tokio::test]
async fn c_conforms() {
    conforms("c").await;
}

#[tokio::test]
async fn go_conforms() {
    conforms("go").await;
}

#[test]
fn the_cases_have_names_of_their_own_and_expect_something() {
    let cases = Case::all();
    let mut names: Vec<_> = cases.iter().map(|case| &case.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), cases.len());
    assert!(cases.iter().all(Case::expects_something));
}

#[test]
fn every_language_has_what_its_place_looks_like() {
    for language in &LANGUAGES {
        let source = language.folder().join(language.source);
        assert!(source.is_file(), "{}", source.display());
    }
}

/// What is asked of a component in another way than by a case.
fn component(built: &Built) -> &'static [u8] {
    built.handlers
}
