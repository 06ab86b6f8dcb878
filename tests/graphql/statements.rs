//! How many statements a query costs: as many for fifty objects as for five.

use super::asking::Asks as _;
use super::statement_log::StatementLog;
use crate::flow::host;
use crate::harness::{TestDatabase, TestHost};
use serde_json::{Value, json};
use std::time::Instant;

/// A list of tasks with steps, attempts and versions.
const LIST: &str = "query ($first: Int) {tasks(first: $first) {nodes {
    id template state createdAt
    templateVersion {version digest}
    steps(first: 20) {nodes {
      name state component
      handlerVersion {version digest}
      attempts(first: 5) {nodes {attempt outcome startedAt durationMs host}}
    }}
  }}}";

async fn ask(host: &TestHost, query: &str, first: u32) -> Value {
    host.ask(query, json!({"first": first})).await.data()
}

#[tokio::test]
async fn a_query_costs_a_statement_for_each_of_its_levels_and_not_for_each_object() {
    let log = StatementLog::start();
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let steps: String = (0..4)
        .map(|n| format!("  - {{name: s{n}, handler: basics/sum, config: {{value: {n}}}}}\n"))
        .collect();
    host.publish_template("many", &format!("steps:\n{steps}"))
        .await;
    for id in host.submit_all(&["many"; 50]).await {
        host.finished(&id).await;
    }
    let cost = async |query: &str, first: u32| {
        // What is kept in memory is read before.
        ask(&host, query, first).await;
        log.statements();
        let began = Instant::now();
        let answer = ask(&host, query, first).await;
        println!("{first} tasks: {:?}", began.elapsed());
        let nodes = answer["tasks"]["nodes"].as_array().unwrap().len();
        assert_eq!(nodes, first as usize);
        log.statements()
    };
    let few = cost(LIST, 5).await;
    let many = cost(LIST, 50).await;
    assert_eq!(few.len(), many.len(), "{many:#?}");
    assert!(many.len() <= 8, "{many:#?}");

    let mut costs = Vec::new();
    for inner in [
        "id",
        "id steps {nodes {name}}",
        "id steps(first: 20) {nodes {name attempts(first: 5) {nodes {attempt}}}}",
        "id inputBytes lock {component} result stepCounts steps(first: 20) {nodes {name attempts(first: 5) {nodes {attempt}}}}",
    ] {
        let query = format!("query ($first: Int) {{tasks(first: $first) {{nodes {{{inner}}}}}}}");
        let statements = cost(&query, 50).await;
        assert_eq!(statements.len(), cost(&query, 3).await.len());
        costs.push(statements.len());
    }
    let first = costs[0];
    assert_eq!(costs, [first, first + 1, first + 2, first + 6]);
    assert_eq!(first, 1);

    // All versions of all components: their numbers are kept in memory, under revisions that are read.
    let versions = "{components {nodes {name versions {nodes {version digest}}}}}";
    ask(&host, versions, 0).await;
    log.statements();
    let answer = ask(&host, versions, 0).await;
    let statements = log.statements();
    assert!(!answer["components"]["nodes"].as_array().unwrap().is_empty());
    assert!(statements.len() <= 8, "{statements:#?}");
}
