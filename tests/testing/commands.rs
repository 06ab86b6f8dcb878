//! The command, as a user meets it.

use super::projects::Project;
use serde_json::Value;

const CASES: &str = "handler: echo
cases:
  - name: returns its input
    input: {a: 1}
    expect: {result: {a: 1}}
  - name: logs what it is given
    handler: logs
    expect: {result: [1]}
  - name: leaves the rest
    input: 7
    expect: {result: 7}
";

#[tokio::test]
async fn cases_are_reported_one_by_one_and_a_failure_ends_the_command_with_1() {
    let project = Project::new(&[("echo.yaml", CASES)]);
    let ran = project.test(&[]).await.ends_with(1);
    assert!(
        ran.out.starts_with("    Starting 3 cases in 1 file\n"),
        "{ran:?}"
    );
    for line in [
        "PASS [",
        "] echo: returns its input\n",
        "FAIL [",
        "] echo: logs what it is given\n",
    ] {
        assert!(ran.out.contains(line), "{line} {ran:?}");
    }
    let beside = "    the result differs\n      expected  | actual\n      [        ≠| null\n";
    assert!(ran.out.contains(beside), "{}", ran.out);
    assert!(
        ran.out.contains("    log\n      trace: traced\n"),
        "{}",
        ran.out
    );
    let (_, summary) = ran.out.split_once("------------\n").unwrap();
    assert!(
        summary.contains("] 3 cases run: 2 passed, 1 failed, 0 skipped\n"),
        "{summary}"
    );
    assert!(
        summary.trim_end().ends_with("echo: logs what it is given"),
        "{summary}"
    );
}

#[tokio::test]
async fn only_cases_with_the_text_in_their_names_run() {
    let project = Project::new(&[("echo.yaml", CASES), ("other.yaml", CASES)]);
    let ran = project.test(&["echo: returns"]).await.succeeds();
    assert!(
        ran.out
            .contains("1 case run: 1 passed, 0 failed, 5 skipped"),
        "{ran:?}"
    );
    let none = project.test(&["nothing like it"]).await.ends_with(3);
    assert!(
        none.err
            .contains("no case has `nothing like it` in its name"),
        "{none:?}"
    );
}

#[tokio::test]
async fn a_mistake_in_a_file_is_shown_with_its_line_and_what_is_right() {
    let project = Project::new(&[(
        "echo.yaml",
        "handler: echo\ncases:\n  - name: a\n    inptu: 1\n",
    )]);
    let ran = project.test(&[]).await.ends_with(2);
    let told = "echo.yaml:4:5: cases[0].inptu: unknown key `inptu`; did you mean `input`; allowed here: name";
    assert!(ran.err.contains(told), "{ran:?}");
    assert!(
        ran.err.contains("    4 |     inptu: 1\n      |     ^\n"),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn a_handler_that_the_component_does_not_have_is_refused_with_the_nearest() {
    let project = Project::new(&[("echo.yaml", "cases:\n  - {name: a, handler: ehco}\n")]);
    let ran = project.test(&[]).await.ends_with(2);
    let told = "echo.yaml:2:5: the component has no handler `ehco`; did you mean `echo`; it has place_order, ";
    assert!(ran.err.contains(told), "{ran:?}");
}

#[tokio::test]
async fn a_project_without_cases_is_told_how_to_get_one() {
    let project = Project::new(&[]);
    let ran = project.test(&[]).await.ends_with(2);
    assert!(
        ran.err.contains("has no files of cases (*.yaml)"),
        "{ran:?}"
    );
    assert!(ran.err.contains("`tasker new handler`"), "{ran:?}");
}

#[tokio::test]
async fn a_file_that_is_no_component_is_refused() {
    let project = Project::new(&[("echo.yaml", CASES)]);
    let file = project.path("no.wasm");
    std::fs::write(&file, "no component").unwrap();
    let ran = project.test_component(&file, &[]).await.ends_with(2);
    assert!(ran.err.starts_with("error: "), "{ran:?}");
}

#[tokio::test]
async fn results_are_json_and_junit_where_that_is_wanted() {
    let project = Project::new(&[("echo.yaml", CASES)]);
    let junit = project.path("junit.xml");
    let ran = project
        .test(&["--json", "--junit", junit.to_str().unwrap()])
        .await;
    let report: Value = ran.ends_with(1).json();
    assert_eq!(
        (&report["passed"], &report["failed"]),
        (&2.into(), &1.into())
    );
    let failed = &report["cases"][1];
    assert_eq!(failed["line"], 6);
    assert_eq!(failed["mismatches"][0]["what"], "the result differs");
    let xml = std::fs::read_to_string(junit).unwrap();
    for part in [
        "<testsuites name=\"tasker test\" tests=\"3\" skipped=\"0\" failures=\"1\"",
        "<testcase name=\"returns its input\" classname=\"echo\"",
        "<failure message=\"the result differs\">the result differs",
        "warn: warned",
    ] {
        assert!(xml.contains(part), "{part}\n{xml}");
    }
}
