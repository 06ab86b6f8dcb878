//! `tasker step replay` and `tasker step export`: recorded attempts, in the sandbox of this program.

use super::local_component::{failed, open};
use super::test::show_mismatch;
use std::path::Path;
use std::time::Duration;
use tasker_cli::local_sandbox::{LocalComponent, Replayable, Replayed};
use tasker_cli::{CliError, Problem, Tone};
use tasker_domain::recording::{Recording, UnusableRecording};
use tasker_testing::case_file;
use tasker_testing::export::case_yaml;
use tasker_testing::pool::{self, RunConfig};
use tasker_testing::replay::ReplayReport;
use tasker_testing::snapshot::Snapshots;
use tasker_testing::tested::{Network, Tested};

/// The file in which the case of a recording would stand.
const CASE_FILE: &str = "tests/recording.yaml";
/// What a replay may take besides the deadline of its attempt.
const REPLAY_TIMEOUT: Duration = Duration::from_secs(60);

/// The case of `tasker test` that does what the attempt did.
pub(super) fn case_of(recording: &Recording) -> Result<String, CliError> {
    case_yaml(recording).map_err(unusable)
}

/// Runs the attempt again, and compares how it ends.
pub(super) async fn replay(of: Replayable) -> Result<Replayed, CliError> {
    let Replayable {
        recording,
        bytes,
        is_same_code,
    } = of;
    let attempt = &recording.attempt;
    let name = match attempt.component.contains('/') {
        true => attempt.component.clone(),
        false => format!("{}/{}", attempt.namespace, attempt.component),
    };
    let component = LocalComponent { name, bytes };
    let tested = open(component, 1, Network::Closed).await?;
    let report = match is_same_code {
        true => tested.replay(&recording).await.map_err(unusable)?,
        false => run_as_case(&tested, &recording).await?,
    };
    Ok(Replayed {
        is_same: report.is_same(),
        json: report.to_json(),
        text: text(&report, &recording, is_same_code),
    })
}

/// Other code asks for other things in another order: what the attempt saw stands in for the world, as in a case.
async fn run_as_case(tested: &Tested, recording: &Recording) -> Result<ReplayReport, CliError> {
    let text = case_yaml(recording).map_err(unusable)?;
    let cases = case_file::parse(Path::new(CASE_FILE), &text);
    let cases = cases.map_err(|error| failed(format!("the recording makes no case: {error}")))?;
    let config = RunConfig {
        jobs: 1,
        timeout: recording
            .attempt
            .limits
            .deadline
            .saturating_add(REPLAY_TIMEOUT),
        snapshots: Snapshots::Compare,
    };
    let ran = pool::run(tested, None, cases, config, |_| {}).await;
    let ran = ran.map_err(|error| failed(format!("cannot start a thread: {error}")))?;
    let Some(case) = ran.cases.into_iter().next() else {
        return Err(failed("the recording makes no case".to_owned()));
    };
    Ok(ReplayReport {
        recorded: recording.end.to_json(),
        replayed: None,
        mismatches: case.mismatches,
        log: case.log,
    })
}

fn text(report: &ReplayReport, recording: &Recording, is_same_code: bool) -> String {
    let attempt = &recording.attempt;
    let what = format!(
        "attempt {} of {} with sha256:{}",
        attempt.lease.attempt,
        attempt.step,
        attempt.digest.short()
    );
    let (tone, said) = match (report.is_same(), is_same_code) {
        (true, true) => (Tone::Good, format!("same: {what} ends as it was recorded")),
        (true, false) => (
            Tone::Good,
            format!("same: the other component ends as {what} did"),
        ),
        (false, true) => (
            Tone::Bad,
            format!("different: {what} does not end as it was recorded"),
        ),
        (false, false) => (
            Tone::Bad,
            format!("different: the other component does not do what {what} did"),
        ),
    };
    let mut lines = vec![tone.of(said)];
    let end = report.replayed.as_ref().unwrap_or(&report.recorded);
    if report.is_same() {
        lines.extend(format!("{end:#}").lines().map(str::to_owned));
    }
    lines.extend(report.mismatches.iter().flat_map(show_mismatch));
    if !report.log.is_empty() {
        lines.push("log".to_owned());
        lines.extend(report.log.iter().map(|line| format!("  {line}")));
    }
    lines.join("\n")
}

fn unusable(error: UnusableRecording) -> CliError {
    Problem::bad_input(error.to_string()).into()
}
