//! What is small on the way and large in memory, or slow to read.

use crate::api::server::{Answer, Server, answer, yaml};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// What a bomb may cost: far less than it would if it went off, and enough for a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// A billion times the same, in some hundred bytes.
pub fn laughs() -> String {
    let mut text = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for at in 1..=9 {
        let aliases = vec![format!("*a{}", at - 1); 10].join(", ");
        writeln!(text, "a{at}: &a{at} [{aliases}]").unwrap();
    }
    text
}

async fn send(server: &Server, method: &str, path: &str, kind: &str, body: String) -> Answer {
    let began = Instant::now();
    let request = server.request(method, path).header("content-type", kind);
    let answer = answer(request.body(body)).await;
    assert!(began.elapsed() < SOON, "{path}: {:?}", began.elapsed());
    answer
}

#[tokio::test]
async fn nesting_without_end_is_refused_wherever_json_is_taken() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let (open, close) = ("[".repeat(30_000), "]".repeat(30_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(9_000), "}".repeat(9_000));
    for deep in [format!("{open}{close}"), open.clone(), objects] {
        for (method, path) in [
            ("POST", "/v1/tasks"),
            ("POST", "/v1/keys"),
            ("PUT", "/v1/namespaces/shop/pins/component/guest"),
            ("PUT", "/v1/namespaces/shop/kv/texts/deep"),
            ("POST", "/v1/namespaces/shop/grants"),
        ] {
            let refused = send(&server, method, path, "application/json", deep.clone()).await;
            assert!(
                (400..500).contains(&refused.status),
                "{path}: {}",
                refused.text
            );
        }
        let submit = format!(r#"{{"namespace": "shop", "template": "one", "input": {deep}}}"#);
        let refused = send(&server, "POST", "/v1/tasks", "application/json", submit).await;
        // What is JSON is refused for its depth.
        match deep == open {
            true => refused.refused(400, "invalid_body"),
            false => refused.refused(422, "invalid_submit"),
        };
    }
}

#[tokio::test]
async fn more_values_than_any_submit_needs_are_refused_with_the_bound() {
    let server = Server::start().await;
    let wide = format!("[{}1]", "1,".repeat(5_000_000));
    let members: String = (0..1_200_000).fold(String::new(), |mut text, at| {
        write!(text, "\"{at:x}\":0,").unwrap();
        text
    });
    for input in [
        wide,
        format!("{{{members}\"a\":0}}"),
        "[{},".repeat(2_000_000),
    ] {
        let submit = format!(r#"{{"namespace": "shop", "template": "one", "input": {input}}}"#);
        let refused = send(&server, "POST", "/v1/tasks", "application/json", submit).await;
        let detail = refused.refused(400, "invalid_body");
        assert!(detail.contains("more than 1000000 values"), "{detail}");
    }
}

#[tokio::test]
async fn numbers_that_nothing_can_hold_are_refused_or_kept() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let digits = "9".repeat(100_000);
    for number in [
        "1e400",
        "-1e400",
        "1e-400",
        "1e99999999999",
        "0e99999999999",
        "-0",
        &digits,
    ] {
        let submit = format!(r#"{{"namespace": "shop", "template": "one", "input": [{number}]}}"#);
        let answer = send(&server, "POST", "/v1/tasks", "application/json", submit).await;
        assert!(
            matches!(answer.status, 201 | 400),
            "{number:.20}: {}",
            answer.text
        );
        let path = "/v1/namespaces/shop/kv/numbers/one";
        let kept = send(&server, "PUT", path, "application/json", number.to_owned()).await;
        assert!(
            matches!(kept.status, 200 | 400 | 413 | 422),
            "{number:.20}: {}",
            kept.text
        );
        let shown = server.get(path).await;
        assert!(
            matches!(shown.status, 200 | 404),
            "{number:.20}: {}",
            shown.text
        );
    }
}

#[tokio::test]
async fn aliases_that_multiply_are_refused_where_templates_are_taken() {
    let server = Server::start().await;
    let steps = "steps: [{name: a, handler: guest/noop, config: {big: *a9}}]\n";
    let deep = format!("{}{}", "[".repeat(900), "]".repeat(900));
    let brackets = "[".repeat(100_000);
    let merged = "base: &b {<<: *b, a: 1}\nsteps: [{<<: *b}]\n".to_owned();
    for bomb in [
        format!("{}{steps}", laughs()),
        format!("input_schema: {deep}\n"),
        format!("input_schema: {brackets}\n"),
        merged,
        "- ".repeat(200_000),
        format!("description: |\n{}", " x\n".repeat(1_000_000)),
        "? ".repeat(100_000),
        "!!a ".repeat(100_000),
        "&a ".repeat(100_000),
        "%TAG ! tag:a,2000:\n".repeat(10_000),
    ] {
        let bomb = yaml("one", "1.0.0", &bomb);
        let check = "/v1/templates/check";
        let checked = send(&server, "POST", check, "application/yaml", bomb.clone()).await;
        assert!(
            matches!(checked.status, 200 | 413 | 422),
            "{}",
            checked.text
        );
        let is_valid = checked.status == 200 && checked.json["valid"] == true;
        assert!(!is_valid, "{}", checked.text);
        let path = "/v1/namespaces/shop/templates/one/versions/1.0.0";
        let refused = send(&server, "PUT", path, "application/yaml", bomb).await;
        assert!(
            matches!(refused.status, 400 | 413 | 422),
            "{}",
            refused.text
        );
    }
    let none = server.get("/v1/templates").await.answered(200);
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn a_batch_of_more_tasks_than_are_allowed_is_refused_before_any_is_made() {
    let server = Server::start().await;
    let submit = json!({"namespace": "shop", "template": "one"});
    let batch: Value = vec![submit; 1_001].into();
    server
        .post("/v1/tasks", &batch)
        .await
        .refused(422, "batch_size");
}
