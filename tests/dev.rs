//! `tasker dev`: from a save to a task on the new code.

mod project;
mod running_host;
mod session;

use project::Project;
use session::Session;

const BODY: &str = "text: format!(\"Hello, {}!\", input.name),";

#[tokio::test]
async fn a_first_turn_builds_publishes_and_runs_the_template() {
    let project = Project::new("first").await;
    let ended = Session::own(&project, &["--once"]).end().await;
    let told = ended.text();
    assert_eq!(ended.code, Some(0), "{told}");
    for part in [
        "first build",
        "✔ built in ",
        "✔ component demo/first@0.1.0-dev.1 published in ",
        "✔ template demo/first@0.1.0-dev.2 published in ",
        "greet: running, attempt 1/1",
        // What a handler logs is shown as it is logged.
        "INFO   greeting  name=world",
        "greet: complete, attempt 1/1",
        "✔ demo/first@0.1.0-dev.2 complete after ",
        "\"text\": \"Hello, world!\"",
    ] {
        assert!(told.contains(part), "no `{part}` in:\n{told}");
    }
    assert_eq!(ended.left, Vec::<String>::new());
}

#[tokio::test]
async fn a_task_that_fails_ends_a_single_turn_with_its_status() {
    let project = Project::new("fails").await;
    let input = r#"{"name": " "}"#;
    let ended = Session::own(&project, &["--once", "--input", input])
        .end()
        .await;
    assert_eq!(ended.code, Some(1), "{}", ended.text());
    assert!(
        ended.text().contains("there is no one to greet"),
        "{}",
        ended.text()
    );
    project.edit("template.yaml", "steps:", "stpes:");
    let line = project.line_of("template.yaml", "stpes:");
    let ended = Session::own(&project, &["--once"]).end().await;
    assert_eq!(ended.code, Some(2), "{}", ended.text());
    let place = format!("template.yaml:{line}:1: ");
    assert!(
        ended.text().contains(&place),
        "no {place} in:\n{}",
        ended.text()
    );
}

#[tokio::test]
async fn a_save_leads_to_a_new_version_that_the_next_task_runs() {
    let project = Project::new("saves").await;
    let mut session = Session::own(&project, &[]);
    session
        .line("component demo/saves@0.1.0-dev.1 published")
        .await;
    session.waits().await;
    project.edit("src/lib.rs", BODY, &BODY.replace("Hello", "Salut"));
    session.line("src/lib.rs changed").await;
    session
        .line("component demo/saves@0.1.0-dev.3 published")
        .await;
    session
        .line("template demo/saves@0.1.0-dev.4 published")
        .await;
    session.line("\"text\": \"Salut, world!\"").await;
    session.waits().await;
    // Another input is run at once, on the same version.
    project.edit("input.json", "world", "Ada");
    session.line("input.json changed").await;
    session
        .line("component demo/saves@0.1.0-dev.3 is unchanged")
        .await;
    session.line("\"text\": \"Salut, Ada!\"").await;
    session.waits().await;
    // What no stable version could change under this number.
    project.edit("src/lib.rs", "    name: String,\n}", "    who: String,\n}");
    project.edit("src/lib.rs", "input.name.trim()", "input.who.trim()");
    project.edit("src/lib.rs", "name = input.name", "name = input.who");
    project.edit("src/lib.rs", "input.name)", "input.who)");
    project.edit("src/lib.rs", "name: \"Ada\"", "who: \"Ada\"");
    project.edit("src/lib.rs", "name: \" \"", "who: \" \"");
    project.edit("template.yaml", "required: [name]", "required: [who]");
    project.edit(
        "template.yaml",
        "    name:\n      type",
        "    who:\n      type",
    );
    project.edit("input.json", "\"name\"", "\"who\"");
    session.line("\"text\": \"Salut, Ada!\"").await;
    session.waits().await;
    let ended = session.interrupt().await;
    assert_eq!(
        (ended.code, &ended.left),
        (Some(0), &Vec::new()),
        "{}",
        ended.text()
    );
    assert!(!ended.text().contains("error"), "{}", ended.text());
}

#[tokio::test]
async fn a_compile_error_is_shown_and_the_next_good_save_recovers() {
    let project = Project::new("recovers").await;
    let mut session = Session::own(&project, &[]);
    session.waits().await;
    project.edit(
        "src/lib.rs",
        BODY,
        &BODY.replace("input.name", "input.nmae"),
    );
    session
        .fails_with(&[
            "error[E0609]: no field `nmae`",
            "--> src/lib.rs:",
            "recovers-handlers does not build",
            "new tasks still take demo/recovers@0.1.0-dev.1",
        ])
        .await;
    project.edit("src/lib.rs", "input.nmae", "input.name.to_uppercase()");
    session
        .line("component demo/recovers@0.1.0-dev.3 published")
        .await;
    session.line("\"text\": \"Hello, WORLD!\"").await;
    session.waits().await;
    // A template that is wrong is shown with its place, and a save of it alone builds nothing.
    project.edit("template.yaml", "greet@^0.1", "greet2@^0.1");
    session
        .fails_with(&["greet2", "new tasks still take demo/recovers@0.1.0-dev.3"])
        .await;
    project.edit("template.yaml", "greet2@^0.1", "greet@^0.1");
    session.line("complete after").await;
    session.waits().await;
    assert_eq!(
        session.seen().matches("✔ built in").count(),
        2,
        "{}",
        session.seen()
    );
    let ended = session.interrupt().await;
    assert_eq!(
        (ended.code, &ended.left),
        (Some(0), &Vec::new()),
        "{}",
        ended.text()
    );
}

#[tokio::test]
async fn a_panic_shows_the_file_and_the_line_of_the_handler() {
    let project = Project::new("panics").await;
    project.edit(
        "src/lib.rs",
        "    Ok(Greeting {",
        "    till(&input.name);\n    Ok(Greeting {",
    );
    let till = "fn till(name: &str) {\n    if name != \"nobody\" {\n        panic!(\"the till is empty\");\n    }\n}\n\n";
    let test = "#[cfg(test)]";
    project.edit("src/lib.rs", test, &format!("{till}{test}"));
    let ended = Session::own(&project, &["--once"]).end().await;
    let told = ended.text();
    assert_eq!(ended.code, Some(1), "{told}");
    let line = project.line_of("src/lib.rs", "panic!(");
    for part in [
        format!("panicked at src/lib.rs:{line}:9: the till is empty"),
        // And by whom it was called.
        format!(
            "src/lib.rs:{}",
            project.line_of("src/lib.rs", "till(&input.name)")
        ),
    ] {
        assert!(told.contains(&part), "no `{part}` in:\n{told}");
    }
}

#[tokio::test]
async fn a_save_while_a_task_runs_starts_over() {
    let project = Project::new("restarts").await;
    let endless = "std::thread::sleep(std::time::Duration::from_secs(600));\n    Ok(Greeting {";
    project.edit("src/lib.rs", "    Ok(Greeting {", endless);
    project.edit("template.yaml", "timeout: 10s", "timeout: 10m");
    let mut session = Session::own(&project, &[]);
    session.line("greet: running").await;
    session.line("greeting  name=world").await;
    project.edit("src/lib.rs", endless, "    Ok(Greeting {");
    session
        .line("component demo/restarts@0.1.0-dev.3 published")
        .await;
    session.line("\"text\": \"Hello, world!\"").await;
    session.waits().await;
    let ended = session.interrupt().await;
    assert_eq!(
        (ended.code, &ended.left),
        (Some(0), &Vec::new()),
        "{}",
        ended.text()
    );
}

#[tokio::test]
async fn an_interrupt_during_a_build_leaves_nothing_behind() {
    let project = Project::new("interrupted").await;
    let mut session = Session::own(&project, &[]);
    session.line("first build").await;
    let ended = session.interrupt().await;
    assert_eq!(
        (ended.code, &ended.left),
        (Some(0), &Vec::new()),
        "{}",
        ended.text()
    );
    // The same while the host still starts.
    let session = Session::own(&project, &[]);
    let ended = session.interrupt().await;
    assert_eq!(ended.left, Vec::<String>::new(), "{}", ended.text());
}
