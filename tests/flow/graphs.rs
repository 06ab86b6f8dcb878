//! Graphs of every shape, with results that can be checked exactly.

use super::{forget_description, host};
use crate::harness::{TestDatabase, TestHost, step_of};
use serde_json::{Value, json};

/// For each step the steps that it depends on.
type Graph = Vec<Vec<usize>>;

/// Each step adds its number plus one and the results of its parents.
fn yaml(graph: &Graph) -> String {
    let step = |(no, parents): (usize, &Vec<usize>)| {
        let parents: Vec<String> = parents.iter().map(|parent| format!("s{parent}")).collect();
        let parents = parents.join(", ");
        let value = no + 1;
        format!(
            "  - {{name: s{no}, handler: basics/sum, depends_on: [{parents}], config: {{value: {value}, of: [{parents}]}}}}\n"
        )
    };
    let steps: String = graph.iter().enumerate().map(step).collect();
    format!("steps:\n{steps}")
}

fn expected(graph: &Graph) -> Vec<u64> {
    let mut results: Vec<u64> = Vec::new();
    for (no, parents) in graph.iter().enumerate() {
        let of_parents: u64 = parents.iter().map(|parent| results[*parent]).sum();
        results.push(no as u64 + 1 + of_parents);
    }
    results
}

async fn comes_out_right(host: &TestHost, name: &str, graph: Graph) -> Value {
    host.publish_template(name, &yaml(&graph)).await;
    let task = host.run(name, json!({})).await;
    assert_eq!(task["state"], "complete", "{task}");
    let id = task["id"].as_str().unwrap();
    let (status, steps) = host.get(&format!("/v1/tasks/{id}/steps?limit=500")).await;
    assert_eq!(status, 200, "{steps}");
    for (no, result) in expected(&graph).into_iter().enumerate() {
        let name = format!("s{no}");
        let mut steps = steps["items"].as_array().unwrap().iter();
        let step = steps.find(|step| step["name"] == name.as_str()).unwrap();
        assert_eq!(step["result"], result, "{graph:?}: {step}");
        assert_eq!(step["attempts"], 1, "{step}");
    }
    task
}

/// Numbers that look random and are the same in every run.
fn numbers(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed), |n| {
        let n = n ^ (n << 13);
        let n = n ^ (n >> 7);
        Some(n ^ (n << 17))
    })
}

fn arbitrary(seed: u64, steps: usize) -> Graph {
    let mut numbers = numbers(seed).skip(8);
    let mut parents = |no: usize| {
        (0..no)
            .filter(|_| numbers.next().unwrap().is_multiple_of(3))
            .collect()
    };
    (0..steps).map(&mut parents).collect()
}

#[tokio::test]
async fn steps_in_a_row_run_one_after_the_other() {
    let database = TestDatabase::new().await;
    let graph = vec![vec![], vec![0], vec![1], vec![2], vec![3]];
    let task = comes_out_right(&host(&database).await, "linear5", graph).await;
    assert_eq!(task["result"], 15);
}

#[tokio::test]
async fn steps_side_by_side_each_give_their_result() {
    let database = TestDatabase::new().await;
    let task = comes_out_right(&host(&database).await, "parallel", vec![vec![]; 4]).await;
    assert_eq!(task["result"], json!({"s0": 1, "s1": 2, "s2": 3, "s3": 4}));
}

#[tokio::test]
async fn both_sides_of_a_diamond_come_together() {
    let database = TestDatabase::new().await;
    let graph = vec![vec![], vec![0], vec![0], vec![1, 2]];
    let task = comes_out_right(&host(&database).await, "diamond", graph).await;
    assert_eq!(task["result"], 11);
}

#[tokio::test]
async fn a_tree_grows_and_is_gathered() {
    let database = TestDatabase::new().await;
    let leaves = vec![3, 4, 5, 6];
    let graph = vec![
        vec![],
        vec![0],
        vec![0],
        vec![1],
        vec![1],
        vec![2],
        vec![2],
        leaves,
    ];
    comes_out_right(&host(&database).await, "tree", graph).await;
}

#[tokio::test]
async fn a_hundred_steps_fan_out_and_in() {
    let database = TestDatabase::new().await;
    let mut graph = vec![vec![]];
    graph.extend(vec![vec![0]; 100]);
    graph.push((1..=100).collect());
    let task = comes_out_right(&host(&database).await, "wide", graph).await;
    assert_eq!(task["result"], (2..=101).sum::<u64>() + 100 + 102);
}

#[tokio::test]
async fn any_graph_without_a_cycle_comes_out_right() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    for seed in 1..=6 {
        comes_out_right(&host, &format!("any{seed}"), arbitrary(seed, 14)).await;
    }
}

#[tokio::test]
async fn a_step_may_ask_for_the_result_of_an_indirect_dependency_and_no_other() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let yaml = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: first, handler: basics/sum, config: {value: 4}}
  - {name: beside, handler: basics/sum, config: {value: 9}}
  - {name: between, handler: basics/sum, depends_on: [first]}
  - {name: last, handler: basics/sum, depends_on: [between], config: {value: 3, of: [first]}}
  - {name: nosy, handler: basics/sum, depends_on: [between], config: {of: [beside]}}
";
    host.publish_template("indirect", yaml).await;
    let task = host.run("indirect", json!({})).await;
    assert_eq!(step_of(&task, "last")["result"], 7);
    assert_eq!(task["error"]["step"], "nosy", "{task}");
    assert_eq!(task["error"]["code"], "missing_dependency", "{task}");
}

#[tokio::test]
async fn what_the_input_leaves_out_is_filled_in_before_a_handler_sees_it() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let yaml = "
input_schema:
  type: object
  properties:
    amount: {type: integer}
    unit: {type: string, default: EUR}
steps: [{name: a, handler: basics/echo}]
";
    host.publish_template("defaults", yaml).await;
    let task = host.run("defaults", json!({"amount": 5})).await;
    assert_eq!(task["result"], json!({"amount": 5, "unit": "EUR"}));
}

#[tokio::test]
async fn numbers_go_from_the_request_through_handlers_and_back_as_they_are_written() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    forget_description(&database).await;
    let yaml = "
steps:
  - {name: a, handler: guest/echo}
  - {name: b, handler: guest/about, depends_on: [a], config: {n: 0.10}}
";
    host.publish_template("numbers", yaml).await;
    let numbers =
        r#"{"a":18446744073709551616,"b":[0.12345678901234567890123456789,1e-400,-0,1.50]}"#;
    let input: Value = serde_json::from_str(numbers).unwrap();
    let task = host.run("numbers", input).await;
    assert_eq!(task["state"], "complete", "{task}");
    assert_eq!(task["input"].to_string(), numbers);
    assert_eq!(step_of(&task, "a")["result"].to_string(), numbers);
    assert_eq!(task["result"]["input"].to_string(), numbers);
    assert_eq!(task["result"]["config"].to_string(), r#"{"n":0.10}"#);
}
