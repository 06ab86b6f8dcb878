//! The registry under concurrency: two hosts are asked at once to publish, pin, rollout, yank, quarantine,
//! release and collect. Played again one by one, in the order of the audit, the changes lead to where the
//! tables stand: each change began where the one before it ended.

use crate::harness::{TestDatabase, TestHost};
use crate::sandbox::guests::{self, noted};
use proptest::prelude::Rng as _;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::requirement::Requirement;

const ONE: &str = "steps: [{name: a, handler: guest/echo}]";

/// Callers at once, half of them with each host, and what each of them asks for.
const CALLERS: usize = 6;
const ACTIONS: usize = 40;

/// Patch versions of `guest`, of which some are there from the beginning.
const VERSIONS: u32 = 8;
const FIRST_VERSIONS: u32 = 4;

/// Namespaces that pin it; it is of `shop`.
const NAMESPACES: [&str; 3] = ["shop", "bakery", "attic"];

/// What a pin says.
#[derive(Clone, Debug, Default, PartialEq)]
struct Pin {
    requirement: Option<String>,
    rollout: Option<String>,
}

/// What a version is.
#[derive(Clone, Debug, Default, PartialEq)]
struct Version {
    status: String,
    is_collected: bool,
}

/// The registry, one change after the other.
#[derive(Debug, Default, PartialEq)]
struct Model {
    versions: BTreeMap<String, Version>,
    quarantined: BTreeSet<String>,
    pins: BTreeMap<String, Pin>,
}

impl Model {
    /// Makes a change as the audit tells it.
    fn apply(&mut self, action: &str, namespace: &str, subject: &str, detail: &Value) {
        let version = || subject.split('@').nth(1).unwrap().to_owned();
        match action {
            "component.publish" => {
                let status = detail["status"].as_str().unwrap().to_owned();
                let is_collected = false;
                let new = Version {
                    status,
                    is_collected,
                };
                assert_eq!(
                    self.versions.insert(version(), new),
                    None,
                    "{subject} was there"
                );
            }
            "component.yank" | "component.unyank" => {
                let stands = self.versions.get_mut(&version()).unwrap();
                assert_eq!(detail["from"], stands.status, "{action} {subject}");
                detail["to"]
                    .as_str()
                    .unwrap()
                    .clone_into(&mut stands.status);
            }
            "component.quarantine" => {
                self.quarantined.insert(version());
            }
            "component.release" => {
                assert!(
                    self.quarantined.remove(&version()),
                    "{subject} was not quarantined"
                );
            }
            "component.collect" | "component.restore" => {
                let is_collected = action == "component.collect";
                let stands = self.versions.get_mut(&version()).unwrap();
                assert_ne!(stands.is_collected, is_collected, "{action} {subject}");
                stands.is_collected = is_collected;
            }
            action if action.starts_with("pin.") => {
                let pin = self.pins.entry(namespace.to_owned()).or_default();
                assert_eq!(
                    *pin,
                    side(detail, "from"),
                    "{action} in {namespace}: {detail}"
                );
                *pin = side(detail, "to");
            }
            other => panic!("{other} is not asked for"),
        }
    }
}

fn side(detail: &Value, name: &str) -> Pin {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Pin {
        requirement: text(&detail[name]),
        rollout: text(&detail[format!("rollout_{name}")]["requirement"]),
    }
}

/// What one caller asks for, one thing after the other.
async fn ask(host: &TestHost, mut chance: TestRng) {
    for _ in 0..ACTIONS {
        let version = format!("1.0.{}", chance.next_u32() % VERSIONS);
        let to = format!("1.0.{}", chance.next_u32() % VERSIONS);
        let namespace = NAMESPACES[chance.next_u32() as usize % NAMESPACES.len()];
        let target = if namespace == "shop" {
            "guest"
        } else {
            "shop~guest"
        };
        let pin = format!("/v1/namespaces/{namespace}/pins/component/{target}");
        let of = format!("/v1/namespaces/shop/components/guest/versions/{version}");
        let reason = json!({"reason": "as a test"});
        let (status, answer) = match chance.next_u32() % 13 {
            0 => host.put_bytes(&of, &bytes(&version)).await,
            1 | 2 => {
                host.put(&pin, &json!({"requirement": format!("={version}")}))
                    .await
            }
            3 => {
                host.post(
                    &format!("{pin}/rollout"),
                    &json!({"to": to, "percent": 50, "force": true}),
                )
                .await
            }
            4 => host.post(&format!("{pin}/rollback"), &reason).await,
            5 => host.delete(&pin).await,
            6 => host.post(&format!("{of}/yank"), &reason).await,
            7 => host.post(&format!("{of}/unyank"), &json!({})).await,
            8 => host.post(&format!("{of}/quarantine"), &reason).await,
            9 => host.post(&format!("{of}/release"), &json!({})).await,
            10 => {
                host.post("/v1/collections", &json!({"older_than_ms": 0}))
                    .await
            }
            11 => {
                let evaluated = host.host.engine.evaluate_rollout_guards().await;
                (200, json!(evaluated.unwrap()))
            }
            _ => {
                host.post(
                    "/v1/tasks",
                    &json!({"namespace": "shop", "template": "one"}),
                )
                .await
            }
        };
        assert!(status < 500, "{status}: {answer}");
    }
}

fn bytes(version: &str) -> Vec<u8> {
    noted(guests::undescribed(), version)
}

async fn rows<T>(database: &TestDatabase, sql: &str) -> Vec<T>
where
    T: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    let rows = sqlx::query_as(AssertSqlSafe(sql.to_owned())).fetch_all(database.pool());
    rows.await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

async fn count(database: &TestDatabase, sql: &str) -> i64 {
    let (count,): (i64,) = rows(database, sql).await.remove(0);
    count
}

/// The registry as the tables have it.
async fn standing(database: &TestDatabase) -> Model {
    let mut model = Model::default();
    let versions =
        "select version, status::text, collected_at is not null from tasker.component_version";
    for (version, status, is_collected) in rows::<(String, String, bool)>(database, versions).await
    {
        model.versions.insert(
            version,
            Version {
                status,
                is_collected,
            },
        );
    }
    let quarantined =
        "select v.version from tasker.component_version v join tasker.quarantine q using (digest)";
    for (version,) in rows::<(String,)>(database, quarantined).await {
        model.quarantined.insert(version);
    }
    let pins = "select n.name, p.requirement, p.rollout_requirement from tasker.pin p join tasker.namespace n using (namespace_id)";
    for (namespace, requirement, rollout) in
        rows::<(String, Option<String>, Option<String>)>(database, pins).await
    {
        model.pins.insert(
            namespace,
            Pin {
                requirement,
                rollout,
            },
        );
    }
    model
}

/// The same as the audit tells it.
async fn played(database: &TestDatabase) -> Model {
    let mut model = Model::default();
    let audit = "select action, coalesce(namespace, ''), subject, coalesce(detail, 'null') from tasker.audit
                 where action like 'component.%' or action like 'pin.%' order by audit_id";
    for (action, namespace, subject, detail) in
        rows::<(String, String, String, Value)>(database, audit).await
    {
        model.apply(&action, &namespace, &subject, &detail);
    }
    model.pins.retain(|_, pin| *pin != Pin::default());
    model
}

/// What a new task takes is what its pin asks for and may be taken.
async fn resolves_by_its_pin(host: &TestHost, database: &TestDatabase, model: &Model) {
    let asked = model
        .pins
        .get("shop")
        .and_then(|pin| pin.requirement.clone());
    let requirement: Requirement = asked.as_deref().unwrap_or("*").parse().unwrap();
    let is_rolled_out = model
        .pins
        .get("shop")
        .is_some_and(|pin| pin.rollout.is_some());
    let usable = |name: &String, version: &Version| {
        version.status == "active" && !version.is_collected && !model.quarantined.contains(name)
    };
    let body = json!({"namespace": "shop", "template": "one"});
    let (status, answer) = host.post("/v1/tasks", &body).await;
    if status != 201 {
        let could = model.versions.iter().any(|(name, version)| {
            usable(name, version) && requirement.matches(&name.parse().unwrap())
        });
        assert!(!could, "{status}: {answer}");
        return;
    }
    let id = answer["task"]["id"].as_str().unwrap();
    let taken = format!(
        "select v.version from tasker.task t join tasker.lock_entry e using (lock_id)
         join tasker.component_version v using (component_version_id) where t.task_id = '{id}'"
    );
    let (taken,) = rows::<(String,)>(database, &taken).await.remove(0);
    assert!(
        usable(&taken, &model.versions[&taken]),
        "{taken}: {model:?}"
    );
    assert!(
        is_rolled_out || requirement.matches(&taken.parse().unwrap()),
        "{taken}: {asked:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_the_registry_at_once_come_to_the_same_as_one_by_one() {
    let database = TestDatabase::new().await;
    let hosts = [
        TestHost::start_idle(&database).await,
        TestHost::start_idle(&database).await,
    ];
    for patch in 0..FIRST_VERSIONS {
        let version = format!("1.0.{patch}");
        hosts[0]
            .publish_component("guest", &version, &bytes(&version))
            .await;
    }
    hosts[0].publish_template("one", ONE).await;
    let mut runner = TestRunner::new(Config::default());
    let callers = (0..CALLERS).map(|caller| ask(&hosts[caller % 2], runner.new_rng()));
    futures::future::join_all(callers).await;

    let model = played(&database).await;
    assert_eq!(model, standing(&database).await);
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(count(&database, deadlocks).await, 0);
    let missing = "select count(*) from tasker.task t join tasker.lock_entry e using (lock_id)
                   join tasker.component_version v using (component_version_id)
                   where t.finished_at is null and v.collected_at is not null";
    assert_eq!(
        count(&database, missing).await,
        0,
        "open tasks without their code"
    );
    let wrong = "select count(*) from tasker.lock l
                 where l.is_stale <> exists (select from tasker.lock_entry e
                                            join tasker.component_version v using (component_version_id)
                                            where e.lock_id = l.lock_id and v.collected_at is not null)";
    assert_eq!(
        count(&database, wrong).await,
        0,
        "locks that are stale without a reason, or not with one"
    );
    for host in &hosts {
        resolves_by_its_pin(host, &database, &model).await;
    }
}
