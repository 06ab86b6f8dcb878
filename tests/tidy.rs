//! Holds the source to the layout of ARCHITECTURE.md and to the limits of CONTRIBUTING.md.

mod circles;
mod crates;
mod docs;
mod size;
mod sql;
mod tree;
mod words;

use tree::{Fault, Tree};

/// Fails with one line a fault: where it is, what is wrong, how to mend it.
fn assert_none(faults: Vec<Fault>) {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

#[test]
fn crates_use_each_other_and_large_libraries_as_the_drawing_says() {
    assert_eq!(
        crates::declared(),
        crates::drawn(),
        "the manifests are left, ARCHITECTURE.md right"
    );
}

#[test]
fn modules_of_a_crate_form_no_circle() {
    assert_none(circles::circles(&Tree::all()));
}

#[test]
fn files_have_at_most_400_lines() {
    assert_none(size::files(&Tree::all()));
}

#[test]
fn functions_have_at_most_70_lines() {
    assert_none(size::functions(&Tree::all()));
}

#[test]
fn what_is_unfinished_or_may_panic_is_not_in_the_source() {
    assert_none(words::unfinished(&Tree::all()));
}

#[test]
fn a_function_file_defines_one_function_and_says_what_it_does() {
    assert_none(sql::function_files(&Tree::all()));
}

#[test]
fn every_function_file_is_applied() {
    assert_none(sql::listed_in_migrate(&Tree::all()));
}

#[test]
fn migrations_sort_by_the_time_they_were_made() {
    assert_none(sql::migration_names(&Tree::all()));
}

#[test]
fn links_between_documents_lead_somewhere() {
    assert_none(docs::links(&Tree::documents()));
}

#[test]
fn the_readme_is_a_front_page() {
    assert_none(docs::readme(&Tree::documents()));
}

#[test]
fn words_of_the_glossary_are_listed_once_and_used() {
    assert_none(docs::glossary_words(&Tree::documents(), &Tree::all()));
}

#[test]
fn documents_help_and_errors_have_no_synonyms_of_the_glossary() {
    assert_none(docs::synonyms(&Tree::documents(), &Tree::all()));
}
