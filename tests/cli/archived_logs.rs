//! What attempts logged, shown from the archive.

use super::terminal::Terminal;
use crate::flow::retention::make_old;
use crate::harness::wait_until_sql;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

const PANICS: &str = "  - {name: quiet, handler: basics/echo}
  - {name: boom, handler: basics/panic, config: {message: empty till}, depends_on: [quiet], retry: {max_attempts: 2, base: 1ms}}";

/// A task that failed and was archived: its id, and what its step logged as it was shown before.
async fn archived(terminal: &Terminal) -> (String, String, String) {
    terminal.template("panics", PANICS).await;
    let ran = terminal.run(["task", "run", "demo/panics", "-q"]).await;
    let young = ran.succeeds().out.trim().to_owned();
    let follow = ["step", "logs", &young, "boom", "--follow"];
    let text = terminal.run(follow).await.succeeds().out;
    let json = ["step", "logs", &young, "boom", "-o", "json"];
    let json = terminal.run(json).await.succeeds().json();
    let json = json["items"].to_string();
    make_old(terminal.database()).await;
    let ids = terminal.run(["task", "ls", "demo", "-q"]).await.succeeds();
    let id = ids.out.trim().to_owned();
    let set = ["retention", "set", "demo", "--error", "30d"];
    terminal.run(set).await.succeeds();
    let deleted = "select not exists (select from tasker.task)";
    wait_until_sql(terminal.database().pool(), deleted).await;
    (id, text, json)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_deleted_step_is_shown_from_the_archive_as_it_was_shown_before() {
    let terminal = Terminal::with_archive().await;
    let (id, text, json) = archived(&terminal).await;
    let archive = terminal.path("archive");
    let logs = ["step", "logs", &id, "boom", "--from", &archive];
    assert_eq!(terminal.run(logs).await.succeeds().out, text);
    let shown = logs.into_iter().chain(["-o", "json"]);
    let shown = terminal.run(shown).await.succeeds().json();
    assert_eq!(shown["items"].to_string(), json);
    assert_eq!(shown["is_complete"], true);
    let second = logs.into_iter().chain(["--attempt", "2", "-o", "json"]);
    let second = terminal.run(second).await.succeeds().json();
    let items = second["items"].as_array().unwrap();
    assert!(
        !items.is_empty() && items.iter().all(|line| line["attempt"] == 2),
        "{second}"
    );

    let quiet = ["step", "logs", &id, "quiet", "--from", &archive];
    let quiet = terminal.run(quiet).await.succeeds();
    assert_eq!((quiet.out.trim(), &*quiet.err), ("", "no lines\n"));
    let unknown = ["step", "logs", &id, "none", "--from", &archive];
    let unknown = terminal.run(unknown).await.ends_with(3);
    assert!(unknown.err.contains("has no step `none`"), "{unknown:?}");
    let follow = logs.into_iter().chain(["--follow"]);
    terminal.run(follow).await.ends_with(2);

    let show = ["task", "show", &id, "--from", &archive];
    let show = terminal.run(show).await.succeeds().out;
    let command = format!("tasker step logs {id} boom --attempt 2 --from {archive}");
    for part in [
        "boom failed after 2 attempts",
        "the end of the log of attempt 2",
        &command,
        "empty till",
    ] {
        assert!(show.contains(part), "no `{part}` in\n{show}");
    }
    assert!(!show.contains("run it again"), "{show}");
    let report = ["task", "report", &id, "--from", &archive];
    let report = terminal.run(report).await.succeeds().out;
    assert!(report.contains("boom, attempt 2"), "{report}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let days = std::fs::read_dir(folder).unwrap();
    let files = days.flat_map(|day| std::fs::read_dir(day.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

/// Writes the file again as earlier releases did, without what attempts logged.
fn make_early(file: &Path) {
    let mut text = String::new();
    let mut old = MultiGzDecoder::new(File::open(file).unwrap());
    old.read_to_string(&mut text).unwrap();
    let lines = text.lines().map(|line| {
        let (line, _) = line.split_once(",\"attempt_logs\":").unwrap();
        format!("{line}}}\n")
    });
    let lines: String = lines.collect();
    let mut new = GzEncoder::new(File::create(file).unwrap(), Compression::default());
    new.write_all(lines.as_bytes()).unwrap();
    new.finish().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn archives_without_logs_are_still_read() {
    let terminal = Terminal::with_archive().await;
    let (id, _, _) = archived(&terminal).await;
    let archive = terminal.path("archive");
    files(Path::new(&archive))
        .iter()
        .for_each(|file| make_early(file));
    let show = ["task", "show", &id, "--from", &archive];
    let show = terminal.run(show).await.succeeds().out;
    assert!(show.contains("boom failed after 2 attempts"), "{show}");
    let report = ["task", "report", &id, "--from", &archive];
    terminal.run(report).await.succeeds();
    let logs = ["step", "logs", &id, "boom", "--from", &archive];
    let logs = terminal.run(logs).await.succeeds();
    assert_eq!(
        logs.err,
        "the archive has this task without what its attempts logged\n"
    );
}
