//! Requests that Schemathesis makes up from the description: examples, bounds and what is beyond them, random ones, and
//! chains of requests over what others made. A host answers each as the description says, and none with a fault.

use super::examples::World;
use crate::api::tokens::issuer::{Key, config, in_file, key_set, now};
use crate::harness::{ADMIN_KEY, TestDatabase, TestHost, install_python, left_out};
use crate::sandbox::guests;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tasker::host::AuthConfig;
use tokio::process::Command;

/// So many cases are asked for; without it, those of one run of each test.
const CASES: &str = "TASKER_SCHEMATHESIS_CASES";
/// Random requests for each operation, and chains, where few cases are asked for.
const FEW_EXAMPLES: u32 = 3;
/// The same where many are: what a run makes up of bounds is about the same at each.
const MANY_EXAMPLES: u32 = 25;
/// What a run does: with another seed, the examples and the bounds would be the same once more.
const PHASES: [&str; 4] = ["examples", "coverage", "fuzzing", "stateful"];
const RANDOM_PHASES: [&str; 2] = ["fuzzing", "stateful"];
/// The seed of the run that does all.
const FIRST_SEED: u64 = 1;
/// The tests that share the cases, each with seeds of its own.
const TESTS: u64 = 2;
/// How requests are made up, and what is asked of answers.
const CONFIG: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/api/openapi/schemathesis/schemathesis.toml"
);
/// How bodies are made and sent, and how long requests may wait.
const HOOKS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/api/openapi/schemathesis/hooks.py"
);

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_made_up_from_the_description_are_answered_as_it_says() {
    answers_as_described(FIRST_SEED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn others_that_another_seed_makes_up_are_too() {
    answers_as_described(FIRST_SEED + 1).await;
}

/// Runs with seeds from this one on, until there were enough cases.
async fn answers_as_described(first_seed: u64) {
    let python = match install_python() {
        Ok(python) => python,
        Err(why) => {
            left_out(&format!("Schemathesis is not installed: {why}"));
            return;
        }
    };
    let cases = std::env::var(CASES).ok();
    let cases = cases.map(|cases| cases.parse::<u64>().expect(CASES) / TESTS);
    let examples = cases.map_or(FEW_EXAMPLES, |_| MANY_EXAMPLES);
    // The run itself is let in by a token, since it revokes keys.
    let issuer = Key::es256("first");
    let (_folder, source) = in_file(&key_set(&[&issuer]));
    let claims = json!({"sub": "schemathesis", "tasker": ["admin in *"], "exp": now() + 86_400});
    let token = issuer.token(&claims);
    let database = TestDatabase::new().await;
    let auth = AuthConfig::Keys {
        admin_key: Some(ADMIN_KEY.parse().unwrap()),
        tokens: Some(Box::new(config(source))),
        sign_in: None,
    };
    let host = TestHost::start_with(&database, |config| config.auth = auth).await;
    let world = World::populated(host).await;
    // A host makes the document when it is asked for the first time, for which Schemathesis does not wait.
    let (status, _) = world.host.get("/v1/openapi.json").await;
    assert_eq!(status, 200);
    let (mut seed, mut made) = (first_seed, 0);
    loop {
        let run = Run {
            program: python.with_file_name("schemathesis"),
            url: world.host.host.url(),
            token: &token,
            seed,
            examples,
        };
        made += run.cases().await;
        if made >= cases.unwrap_or(1) {
            return;
        }
        seed += TESTS;
    }
}

/// One run of Schemathesis.
struct Run<'r> {
    program: PathBuf,
    url: String,
    token: &'r str,
    seed: u64,
    examples: u32,
}

impl Run<'_> {
    fn phases(&self) -> &'static [&'static str] {
        match self.seed == FIRST_SEED {
            true => &PHASES,
            false => &RANDOM_PHASES,
        }
    }

    /// How many cases there were, all of which were answered as described.
    async fn cases(&self) -> u64 {
        let folder = folder(self.seed);
        let component = folder.join("component.wasm");
        std::fs::write(&component, guests::misbehaving()).unwrap();
        let report = folder.join("report.json");
        let mut command = Command::new(&self.program);
        let command = command
            .args(["--config-file", CONFIG, "run"])
            .arg(format!("{}/v1/openapi.json", self.url))
            .arg("--seed")
            .arg(self.seed.to_string())
            .args(["--phases", &self.phases().join(",")])
            .arg("--max-examples")
            .arg(self.examples.to_string())
            .args(["--report", "json", "--no-color", "--report-json-path"])
            .arg(&report)
            .env("SCHEMATHESIS_HOOKS", HOOKS)
            .env("TASKER_TOKEN", self.token)
            .env("TASKER_COMPONENT", &component)
            .env("NO_PROXY", "*")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(&folder)
            .kill_on_drop(true);
        let output = command.output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}{complained}");
        let report = std::fs::read_to_string(report).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["complete"], true, "{said}");
        let phases = report["phases"].as_object().unwrap();
        for name in self.phases() {
            assert_eq!(phases[*name]["status"], "success", "{name}: {said}");
        }
        let operations = &report["operations"];
        assert_eq!(operations["tested"], operations["total"], "{said}");
        let cases = report["test_cases"]["generated"].as_u64().unwrap();
        let took = Duration::from_secs_f64(report["running_time"].as_f64().unwrap());
        eprintln!("seed {}: {cases} cases in {took:.1?}", self.seed);
        cases
    }
}

/// An empty folder for what a run writes.
fn folder(seed: u64) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemathesis");
    let folder = folder.join(seed.to_string());
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
