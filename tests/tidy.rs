//! Holds the source to the layout of ARCHITECTURE.md and to the limits of CONTRIBUTING.md.

mod circles;
mod crates;
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
