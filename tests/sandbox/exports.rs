//! What components export beside handlers is compared as WIT compares worlds.

use tasker_compat::exports::{ExportChange, compare_exports};

const LEDGER: &str = "acme:billing/ledger@1.0.0";

/// A component that exports functions, each taking this many numbers, under this name.
fn exporting(name: &str, functions: &[(&str, usize)]) -> Vec<u8> {
    let mut core = String::new();
    let mut lifted = String::new();
    let mut exported = String::new();
    for (function, numbers) in functions {
        let (params, typed) = match numbers {
            0 => (String::new(), String::new()),
            1 => ("(param i32)".to_owned(), "(param \"a\" u32)".to_owned()),
            _ => (
                "(param i32 i32)".to_owned(),
                "(param \"a\" u32) (param \"b\" u32)".to_owned(),
            ),
        };
        core += &format!("(func (export \"{function}\") {params})");
        lifted += &format!("(func ${function} {typed} (canon lift (core func $i \"{function}\")))");
        exported += &format!("(export \"{function}\" (func ${function}))");
    }
    let text = format!(
        "(component (core module $m {core}) (core instance $i (instantiate $m)) {lifted}
           (instance $e {exported}) (export \"{name}\" (instance $e)))"
    );
    wat::parse_str(text).unwrap()
}

#[test]
fn the_same_interface_under_another_version_is_no_change() {
    let old = exporting(LEDGER, &[("pay", 1)]);
    let new = exporting("acme:billing/ledger@1.4.0", &[("pay", 1)]);
    assert_eq!(compare_exports(&old, &new), []);
}

#[test]
fn what_only_core_modules_do_is_no_change() {
    let component = |result: u32| {
        wat::parse_str(format!(
            r#"(component
                 (core module $m (func (export "pay") (result i32) (i32.const {result})))
                 (core instance $i (instantiate $m))
                 (func $pay (result u32) (canon lift (core func $i "pay")))
                 (instance $e (export "pay" (func $pay)))
                 (export "{LEDGER}" (instance $e)))"#
        ))
        .unwrap()
    };
    assert_eq!(compare_exports(&component(1), &component(2)), []);
    let changes = compare_exports(&component(1), &exporting(LEDGER, &[("pay", 0)]));
    assert!(
        matches!(&changes[..], [ExportChange::Changed(..)]),
        "{changes:?}"
    );
}

#[test]
fn a_function_may_be_added_and_not_taken_away() {
    let (old, new) = (
        exporting(LEDGER, &[("pay", 1)]),
        exporting(LEDGER, &[("pay", 1), ("refund", 1)]),
    );
    assert_eq!(compare_exports(&old, &new), []);
    let changes = compare_exports(&new, &old);
    assert!(
        matches!(&changes[..], [ExportChange::Changed(name, why)]
            if name == "acme:billing/ledger" && why.contains("refund")),
        "{changes:?}"
    );
}

#[test]
fn a_function_of_another_type_is_a_change() {
    let (old, new) = (
        exporting(LEDGER, &[("pay", 1)]),
        exporting(LEDGER, &[("pay", 2)]),
    );
    let changes = compare_exports(&old, &new);
    assert!(
        matches!(&changes[..], [ExportChange::Changed(..)]),
        "{changes:?}"
    );
}

#[test]
fn whole_interfaces_come_and_go() {
    let (old, new) = (
        exporting(LEDGER, &[("pay", 1)]),
        exporting("acme:billing/book@1.0.0", &[("pay", 1)]),
    );
    assert_eq!(
        compare_exports(&old, &new),
        [
            ExportChange::Removed("acme:billing/ledger".to_owned()),
            ExportChange::Added("acme:billing/book".to_owned()),
        ]
    );
}

#[test]
fn what_is_no_component_cannot_be_compared() {
    let old = exporting(LEDGER, &[("pay", 1)]);
    let changes = compare_exports(&old, b"nothing");
    assert!(
        matches!(&changes[..], [ExportChange::Unreadable(_)]),
        "{changes:?}"
    );
}
