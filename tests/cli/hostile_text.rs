//! What guests and other users say, on the terminal of an operator.

use super::terminal::{Ran, Terminal};

/// The same as a text of YAML and as one of JSON: colours, a cleared screen, the clipboard, a title in
/// both forms, C1, and a turn of the direction of writing.
const HOSTILE: &str = r"boom \u001b[31mred\u001b[2J\u001b]52;c;aGk=\u0007 \u009b2J \u009d0;t\u009c \u007f \u202e \rover";

/// Asserts that a terminal shows all that was printed and obeys none of it, and that it was printed.
#[track_caller]
fn shows(ran: &Ran, what: &str) {
    for text in [&ran.out, &ran.err] {
        let obeyed = text.chars().find(|c| {
            c.is_control() && *c != '\n'
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(obeyed, None, "{text:?}");
    }
    assert!(
        ran.out.contains(what) || ran.err.contains(what),
        "{what}: {ran:?}"
    );
}

#[tokio::test]
async fn a_handler_cannot_reach_the_terminal() {
    let terminal = Terminal::with_basics().await;
    for handler in ["fail", "panic"] {
        let step = format!(
            "  - {{name: a, handler: basics/{handler}, config: {{message: \"{HOSTILE}\"}}, retry: {{max_attempts: 1}}}}"
        );
        terminal.template(handler, &step).await;
        let family = format!("demo/{handler}");
        for follow in ["--wait", "--watch"] {
            let ran = terminal.run(["task", "run", &family, follow]).await;
            shows(
                &ran.ends_with(1),
                "boom ␛[31mred␛[2J␛]52;c;aGk=␇ \u{fffd}2J",
            );
        }
        let listed = terminal
            .run(["task", "ls", "demo", "--output", "json"])
            .await
            .succeeds()
            .json();
        let id = listed["items"][0]["id"].as_str().unwrap();
        for command in [["task", "show"], ["task", "watch"], ["task", "steps"]] {
            let ran = terminal.run(command.into_iter().chain([id])).await;
            // A table leaves no room for more than where it panicked.
            let is_cut = (handler, command) == ("panic", ["task", "steps"]);
            shows(
                &ran,
                if is_cut {
                    "panicked at"
                } else {
                    "boom ␛[31m"
                },
            );
        }
        let exactly = terminal.run(["task", "show", id, "--output", "json"]).await;
        let error = &exactly.json()["steps"][0]["error"]["message"];
        assert!(error.as_str().unwrap().contains("\u{1b}[31mred"), "{error}");
        shows(&exactly, r"\u009b2J");
    }
}

#[tokio::test]
async fn our_own_colours_stay_where_the_words_of_others_lose_theirs() {
    let terminal = Terminal::with_basics().await;
    let step = format!(
        "  - {{name: a, handler: basics/fail, config: {{message: \"{HOSTILE}\"}}, retry: {{max_attempts: 1}}}}"
    );
    terminal.template("fail", &step).await;
    let run = ["task", "run", "demo/fail", "--wait", "--color", "always"];
    let ran = terminal.run(run).await.ends_with(1);
    assert!(ran.out.contains("\u{1b}[31m✘\u{1b}[0m"), "{ran:?}");
    assert!(ran.out.contains("␛[31mred␛[2J"), "{ran:?}");
    assert!(!ran.out.contains("\u{1b}[31mred"), "{ran:?}");
}

#[tokio::test]
async fn what_a_template_says_of_itself_cannot_reach_the_terminal() {
    let terminal = Terminal::with_basics().await;
    let yaml = format!(
        "namespace: demo\nname: told\nversion: 1.0.0\ndescription: \"{HOSTILE}\"\n\
         input_schema: {{title: \"{HOSTILE}\"}}\nsteps:\n  - {{name: a, handler: basics/noop}}\n"
    );
    let file = terminal.file("told.yaml", yaml);
    terminal
        .run(["template", "publish", &file])
        .await
        .succeeds();
    let shown = terminal.run(["template", "show", "demo/told"]).await;
    shows(&shown.succeeds(), "about     boom ␛[31mred");
    let source = ["template", "show", "demo/told", "--source"];
    let source = terminal.run(source).await.succeeds();
    assert!(source.out.contains(HOSTILE), "{source:?}");
}

#[tokio::test]
async fn a_reason_has_no_control_characters_and_an_old_one_cannot_reach_the_terminal() {
    let terminal = Terminal::with_basics().await;
    let reason = "x\u{1b}[2J\u{1b}]0;pwn\u{7}";
    let pin = ["pin", "set", "component", "demo/basics", "=0.1.0"];
    let quarantine = ["component", "quarantine", "--yes", "demo/basics@0.1.0"];
    for command in [&pin[..], &quarantine] {
        let with_reason = command.iter().copied().chain(["--reason", reason]);
        let refused = terminal.run(with_reason).await.ends_with(2);
        shows(&refused, "without line breaks and control characters");
        terminal.run(command).await.succeeds();
    }
    for table in ["audit", "quarantine"] {
        let update = format!("update tasker.{table} set reason = $1, actor = $1");
        let update = sqlx::query(sqlx::AssertSqlSafe(update)).bind(reason);
        update.execute(terminal.database().pool()).await.unwrap();
    }
    for command in [
        &["audit", "ls"][..],
        &["rollout", "history", "component", "demo/basics"],
        &["component", "quarantined"],
    ] {
        shows(&terminal.run(command).await.succeeds(), "x␛[2J␛]0;pwn␇");
    }
}
