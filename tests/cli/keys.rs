use super::terminal::Terminal;

#[tokio::test]
async fn a_key_for_ci_is_made_used_listed_and_revoked() {
    let terminal = Terminal::with_basics().await;
    let create = "key create ci --only publish --namespace orders --expires 90d --output json";
    let made = terminal.run(create.split(' ')).await.succeeds();
    let key = made.json()["key"].as_str().unwrap().to_owned();
    let listed = terminal.run(["key", "ls"]).await.succeeds();
    let line = listed
        .out
        .lines()
        .find(|line| line.starts_with("ci "))
        .unwrap();
    assert!(
        line.contains("publish in orders") && line.contains("in 89d 23h"),
        "{line}"
    );
    assert!(!listed.out.contains(&key[12..]));

    let component = terminal.file("basics.wasm", crate::harness::basics());
    let publish = |name: &str| {
        let arguments = [
            "component",
            "publish",
            &component,
            "--name",
            name,
            "--version",
            "1.0.0",
        ];
        let mut command = terminal.command(arguments);
        command.env("TASKER_TOKEN", &key);
        command
    };
    let published = publish("orders/basics").output().await.unwrap();
    assert!(published.status.success(), "{published:?}");
    let refused = publish("payments/basics").output().await.unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(8));
    assert!(
        told.contains("error: `ci` lacks `publish` on namespace `payments`"),
        "{told}"
    );

    let revoked = terminal
        .run(["key", "revoke", "--yes", "ci"])
        .await
        .succeeds();
    assert!(revoked.out.contains("key ci is revoked"), "{revoked:?}");
    let refused = publish("orders/basics").output().await.unwrap();
    assert_eq!(refused.status.code(), Some(7));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(
        told.contains("help: the token is from TASKER_TOKEN; set"),
        "{told}"
    );
    terminal
        .run(["key", "revoke", "--yes", "ci"])
        .await
        .ends_with(3);
    let audit = terminal
        .run(["audit", "ls", "--action", "key", "--limit", "1"])
        .await
        .succeeds();
    assert!(
        audit.out.contains("admin  key.revoke") && audit.out.contains("key ci"),
        "{audit:?}"
    );
    assert!(audit.err.contains("--limit 1 --after"), "{audit:?}");
}

#[tokio::test]
async fn a_key_that_was_made_is_shown_with_how_to_go_on() {
    let terminal = Terminal::with_host().await;
    let create = "key create ada --only read,run --namespace orders --namespace payments --max-requests-per-minute 600";
    let made = terminal.run(create.split(' ')).await.succeeds();
    assert!(
        made.out
            .contains("key ada may read, run in orders; read, run in payments\ntk_"),
        "{made:?}"
    );
    assert!(
        made.out.contains("shown once") && made.err == "next: tasker key ls\n",
        "{made:?}"
    );
    terminal.run(create.split(' ')).await.ends_with(4);
    let told = terminal
        .run(["key", "revoke", "--yes", "admin"])
        .await
        .ends_with(4);
    assert!(
        told.err.contains("last key with `admin` on `*`"),
        "{told:?}"
    );
}

#[tokio::test]
async fn doctor_says_whom_the_host_takes_one_for() {
    let terminal = Terminal::with_host().await;
    let told = terminal.run(["doctor"]).await;
    assert!(
        told.out
            .contains("access       admin by TASKER_TOKEN: admin in *"),
        "{told:?}"
    );
    let wrong = terminal
        .command(["doctor"])
        .env("TASKER_TOKEN", "wrong")
        .output()
        .await
        .unwrap();
    let told = String::from_utf8(wrong.stdout).unwrap();
    assert!(told.contains("access       invalid token"), "{told}");
    assert_eq!(wrong.status.code(), Some(1));
}
