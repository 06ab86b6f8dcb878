//! How the arguments are understood.

use super::*;

fn parsed(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split_whitespace())
}

#[test]
fn the_definition_of_the_arguments_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_of_the_tour_is_understood() {
    let id = "01890000-0000-7000-8000-000000000000";
    let lines = [
        "tasker new handler orders/charge --dir charge",
        "tasker build charge --debug",
        "tasker component publish charge",
        "tasker component publish charge.wasm --name payments/charge --version 1.4.0",
        "tasker component ls payments -q --output json",
        "tasker component show payments/charge@1.4.0",
        "tasker template publish fulfil.yaml",
        "tasker template check fulfil.yaml",
        "tasker template show orders/fulfil --source",
        "tasker template graph orders/fulfil --format dot",
        "tasker template graph fulfil.yaml",
        "tasker pin set template orders/fulfil =1.2.0",
        "tasker pin set template orders/fulfil@1.2.0",
        "tasker rollout start component payments/charge@1.5.0 --percent 10",
        "tasker pin set component payments/charge ^1.4 --in orders",
        "tasker pin rm component payments/charge --in orders",
        "tasker task run orders/fulfil --version ^1 --input @order.json --wait --timeout 30s --output json",
        "tasker task ls orders/fulfil --state in_progress --limit 5",
        "tasker component publish charge --sign ci",
        "tasker registry tree orders --versions 5",
        "tasker component references orders/charge",
        "tasker registry graph orders --format dot",
        "tasker registry stats",
        "tasker oci push orders/charge@1.5.0 localhost:5000/orders/charge:1.5.0 --sign ci",
        "tasker oci pull oci://registry.example.com/orders/charge:1.5.0 --name orders/charge --username ada --password-stdin",
        "tasker sync orders --dry-run",
        "tasker sync deploy --namespace orders --prune --yes",
        "tasker signing-key create ci",
        "tasker component sign charge.wasm --key ci",
        "tasker signing-policy add orders ci.pub --name ci",
        "tasker signing-policy ls orders",
        "tasker signing-policy rm orders 0123456789abcdef --yes",
        "tasker key create ci --only publish --namespace orders --expires 90d",
        "tasker key create ada --only read,run --namespace * --namespace orders",
        "tasker key ls --output json",
        "tasker audit ls orders --action pin --limit 5",
        "tasker key revoke ci",
        "tasker completions bash",
        "tasker version",
    ];
    for line in lines {
        assert!(
            parsed(line).is_ok(),
            "{line}: {}",
            parsed(line).unwrap_err()
        );
    }
    for command in ["task show", "task watch", "task cancel", "task steps"] {
        assert!(parsed(&format!("tasker {command} {id}")).is_ok());
    }
}

#[test]
fn a_global_option_may_stand_anywhere() {
    let before = parsed("tasker --url http://h:1 pin ls").unwrap();
    let after = parsed("tasker pin ls --url http://h:1").unwrap();
    assert_eq!(
        (before.global.url.as_str(), after.global.url.as_str()),
        ("http://h:1", "http://h:1")
    );
}

#[test]
fn wrong_arguments_are_refused_with_the_reason() {
    let reason = |line: &str| parsed(line).unwrap_err().to_string();
    assert!(reason("tasker task show 12").contains("tasker task ls"));
    assert!(reason("tasker task run fulfil").contains("write namespace/name"));
    assert!(reason("tasker task run o/t --timeout 30s").contains("--wait"));
    assert!(reason("tasker task run o/t --wait --timeout 30").contains("30s"));
    assert!(reason("tasker task run o/t --wait --watch").contains("--watch"));
    assert!(reason("tasker task ls --state finished").contains("in_progress"));
    assert!(reason("tasker task ls --limit 0").contains("1..=500"));
    assert!(reason("tasker key create ci --namespace orders").contains("--only"));
    assert!(reason("tasker key create ci --only fly --namespace o").contains("publish"));
    assert!(reason("tasker key create ci --only run --namespace a/b").contains("for all of them"));
    assert!(reason("tasker pin set step o/t ^1").contains("component"));
}

#[test]
fn help_lists_the_exit_codes() {
    let help = Cli::command().render_long_help().to_string();
    assert!(help.contains("Exit codes:\n  0  done"), "{help}");
    assert!(help.contains("6  --timeout passed"), "{help}");
}

#[test]
fn completions_have_the_commands_that_help_shows() {
    let shown = shown_commands();
    let names: Vec<_> = shown
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    assert!(names.contains(&"serve") && names.contains(&"task"));
    assert!(!names.contains(&"compile-component"));
}
