//! Snapshots: written when asked, compared otherwise.

use super::projects::Project;
use std::fs;

const CASES: &str = "handler: echo
cases:
  - name: Keeps, whatever it is!
    input: {a: 1}
    expect: {snapshot: true}
";
const FILE: &str = "tests/snapshots/echo/keeps-whatever-it-is.json";

#[tokio::test]
async fn a_snapshot_is_written_when_asked_and_compared_from_then_on() {
    let project = Project::new(&[("echo.yaml", CASES)]);
    let missing = project.test(&[]).await.ends_with(1);
    assert!(missing.out.contains("there is no snapshot"), "{missing:?}");
    assert!(!project.path(FILE).exists());
    let written = project.test(&["--update"]).await.succeeds();
    assert!(written.out.contains("1 snapshot written"), "{written:?}");
    let text = fs::read_to_string(project.path(FILE)).unwrap();
    assert_eq!(text, "{\n  \"result\": {\n    \"a\": 1\n  }\n}\n");
    project.test(&[]).await.succeeds();
    project.write("echo.yaml", &CASES.replace("a: 1", "a: 2"));
    let differs = project.test(&[]).await.ends_with(1);
    assert!(
        differs.out.contains("    \"a\": 1    ≠|     \"a\": 2"),
        "{}",
        differs.out
    );
    assert!(differs.out.contains("tasker test --update"), "{differs:?}");
    project.test(&["--update"]).await.succeeds();
    project.test(&[]).await.succeeds();
}

#[tokio::test]
async fn a_snapshot_of_no_case_is_named_and_removed_when_asked() {
    let project = Project::new(&[("echo.yaml", CASES)]);
    project.test(&["--update"]).await.succeeds();
    project.write("echo.yaml", &CASES.replace("Keeps", "Has"));
    let ran = project.test(&["--update", "nothing", "--json"]).await;
    assert_eq!(ran.code, 3);
    assert!(project.path(FILE).exists());
    let named = project.test(&[]).await.ends_with(1);
    assert!(named.err.contains("no case has the snapshot"), "{named:?}");
    project.test(&["--update"]).await.succeeds();
    assert!(!project.path(FILE).exists());
}

#[tokio::test]
async fn a_case_whose_other_expectations_fail_writes_none() {
    let cases = CASES.replace("snapshot: true", "snapshot: true, result: 1");
    let project = Project::new(&[("echo.yaml", &cases)]);
    project.test(&["--update"]).await.ends_with(1);
    assert!(!project.path(FILE).exists());
}
