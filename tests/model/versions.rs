//! One answer about versions: whatever was done before, what is told of a component is what the next task
//! takes, and what the plan of an upload says is what publishing it does.

use crate::harness::{TestDatabase, TestHost};
use crate::sandbox::guests::{self, noted};
use proptest::prelude::Rng as _;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Commands of one run.
const COMMANDS: usize = 60;
/// Patch versions, of which each minor has as many.
const PATCHES: u32 = 3;

const COMPONENT: &str = "/v1/namespaces/shop/components/guest";
const PIN: &str = "/v1/namespaces/shop/pins/component/guest";

/// A template for each requirement.
const TEMPLATES: [(&str, &str); 3] = [("any", "*"), ("minor", "^1.1"), ("first", "=1.0.0")];

/// What the steps of the templates take, by template; null where nothing will do.
type Taken = BTreeMap<String, Value>;

fn version(chance: &mut TestRng) -> String {
    let (minor, patch) = (chance.next_u32() % 2, chance.next_u32() % PATCHES);
    format!("1.{minor}.{patch}")
}

fn bytes(version: &str) -> Vec<u8> {
    noted(guests::undescribed(), version)
}

/// Does something, and whatever the answer is, it is no failure of the host.
async fn change(host: &TestHost, chance: &mut TestRng) {
    let of = format!("{COMPONENT}/versions/{}", version(chance));
    let reason = json!({"reason": "as a test"});
    let (status, answer) = match chance.next_u32() % 8 {
        0 => {
            let pin = json!({"requirement": format!("={}", version(chance))});
            host.put(PIN, &pin).await
        }
        1 => host.put(PIN, &json!({"requirement": "^1.0"})).await,
        2 => host.delete(PIN).await,
        3 => host.post(&format!("{PIN}/rollback"), &reason).await,
        4 => host.post(&format!("{of}/yank"), &reason).await,
        5 => host.post(&format!("{of}/unyank"), &json!({})).await,
        6 => host.post(&format!("{of}/quarantine"), &reason).await,
        _ => host.post(&format!("{of}/release"), &json!({})).await,
    };
    assert!(status < 500, "{status}: {answer}");
}

/// What a plan of this version says that new tasks take of it, and whether it says that it is published
/// already; `None` if it is refused.
async fn planned(host: &TestHost, version: &str) -> Option<(Taken, bool)> {
    let path = format!("{COMPONENT}/versions/{version}/plan");
    let (status, plan) = host.post_bytes(&path, &bytes(version)).await;
    assert_eq!(status, 200, "{plan}");
    let is_quarantined = !plan["obstacles"].as_array().unwrap().is_empty();
    let steps = plan["steps"].as_array().unwrap().iter();
    let taken = steps.map(|step| {
        let template = step["template"].as_str().unwrap().to_owned();
        (template, step["would_take"].clone())
    });
    let is_new = plan["status"].is_null();
    (!is_quarantined).then(|| (taken.collect(), is_new))
}

/// What is told of the users of the component.
async fn told(host: &TestHost) -> Taken {
    let (status, uses) = host.get(&format!("{COMPONENT}/references")).await;
    assert_eq!(status, 200, "{uses}");
    let steps = uses["steps"].as_array().unwrap().iter();
    let taken = steps.map(|step| {
        let template = step["template"].as_str().unwrap().to_owned();
        (template, step["takes"].clone())
    });
    taken.collect()
}

/// What a new task of each template takes.
async fn taken(host: &TestHost) -> Taken {
    let mut taken = Taken::new();
    for (template, _) in TEMPLATES {
        let submit = json!({"namespace": "shop", "template": template});
        let (status, answer) = host.post("/v1/tasks", &submit).await;
        let version = match status {
            201 => {
                let id = answer["task"]["id"].as_str().unwrap();
                host.task(id).await["lock"][0]["version"].clone()
            }
            _ => Value::Null,
        };
        taken.insert(template.to_owned(), version);
    }
    taken
}

#[tokio::test]
async fn what_a_plan_says_is_what_publishing_does_and_the_next_task_takes() {
    let database = TestDatabase::new().await;
    // The other host hears of every change by the revisions alone.
    let hosts = [
        TestHost::start_idle(&database).await,
        TestHost::start_idle(&database).await,
    ];
    let host = &hosts[0];
    for first in ["1.0.0", "1.1.0"] {
        host.publish_component("guest", first, &bytes(first)).await;
    }
    for (template, requirement) in TEMPLATES {
        let steps = format!("steps: [{{name: a, handler: \"guest/echo@{requirement}\"}}]");
        host.publish_template(template, &steps).await;
    }
    let mut chance = TestRunner::new(Config::default()).new_rng();
    for _ in 0..COMMANDS {
        let new = version(&mut chance);
        let plan = match chance.next_u32() % 3 {
            0 => planned(host, &new).await,
            _ => {
                change(host, &mut chance).await;
                None
            }
        };
        if let Some((plan, true)) = plan {
            let path = format!("{COMPONENT}/versions/{new}");
            let (status, answer) = host.put_bytes(&path, &bytes(&new)).await;
            assert_eq!(status, 201, "{answer}");
            let taken = taken(host).await;
            for (template, planned) in plan {
                assert_eq!(taken[&template], planned, "{template} after {new}");
            }
        }
        let told = told(host).await;
        assert_eq!(told, taken(host).await);
        assert_eq!(told, taken(&hosts[1]).await);
    }
}
