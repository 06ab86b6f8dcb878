//! What `tasker new project` writes in each language builds, passes its tests, and runs on a host, with templates of every shape.

use super::language::{Language, go_environment, link_packages};
use super::projects::{passed, run, sdk_of, zig_cc};
use crate::cli::terminal::Terminal;
use crate::harness::{tasker, wait_until};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::process::Command;

const ROOT: &str = super::language::ROOT;
/// What the project is for, and the other templates that it gets: their names, shapes, and what the sample input comes to.
const TEMPLATES: [(&str, &str, u64); 6] = [
    ("quote", "diamond", 5_000),
    ("chain", "linear", 4_800),
    ("fork", "parallel", 4_590),
    ("choice", "decision", 4_200),
    ("parts", "map", 4_000),
    ("approved", "approval", 4_000),
];
/// Cases of the handlers, and three of each template.
const CASES: usize = 11 + 3 * TEMPLATES.len();
/// The handlers that it has.
const HANDLERS: &str = "price,delivery,surcharge,total,decide,split,part,approval";

/// A project with templates of every shape.
struct Project {
    language: &'static str,
    /// What builds it.
    tools: PathBuf,
    folder: PathBuf,
    _kept: Option<TempDir>,
}

impl Project {
    /// One of a language whose toolchain is there; none, and a word about it, where it is not.
    async fn new(language: &'static str) -> Option<Self> {
        let (tools, folder, kept) = match language {
            "rust" => {
                // In the same place each time, so that cargo builds only what changed.
                let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shapes");
                let folder = tools.join("project");
                std::fs::create_dir_all(&tools).unwrap();
                if folder.exists() {
                    std::fs::remove_dir_all(&folder).unwrap();
                }
                (tools, folder, None)
            }
            _ => {
                let of = if language == "javascript" {
                    "typescript"
                } else {
                    language
                };
                let tools = Language::named(of).tools()?;
                let kept = tempfile::tempdir_in(&tools).unwrap();
                let folder = kept.path().join("project");
                (tools, folder, Some(kept))
            }
        };
        let project = Self {
            language,
            tools,
            folder,
            _kept: kept,
        };
        project.write().await;
        Some(project)
    }

    /// Has the generators write it.
    async fn write(&self) {
        let (name, shape, _) = TEMPLATES[0];
        let mut new = Command::new(tasker());
        new.args(["new", "project", &format!("demo/{name}"), "--shape", shape]);
        new.args(["--lang", self.language, "--sdk-path"])
            .arg(sdk_of(self.language));
        run(new.arg("--dir").arg(&self.folder)).await;
        for (name, shape, _) in &TEMPLATES[1..] {
            let mut new = Command::new(tasker());
            new.args(["new", "template", name, "--shape", shape]);
            new.args(["--handlers", HANDLERS]);
            run(new.arg("--dir").arg(&self.folder)).await;
        }
        // So that the test does not wait for long.
        let approved = self.folder.join("sync/demo/templates/approved.yaml");
        let template = std::fs::read_to_string(&approved).unwrap();
        let hasty = template.replace("ask_again_s: 10", "ask_again_s: 1");
        std::fs::write(approved, hasty).unwrap();
        match self.language {
            // The same versions as those of the example, so that cargo asks no registry.
            "rust" => {
                let lock = Path::new(ROOT).join("examples/01-hello/Cargo.lock");
                let lock = std::fs::read_to_string(lock).unwrap();
                let lock = lock.replace("hello-handlers", &format!("{name}-handlers"));
                std::fs::write(self.handlers().join("Cargo.lock"), lock).unwrap();
            }
            "typescript" | "javascript" => {
                let modules = self.tools.join("modules/node_modules");
                link_packages(&modules, &self.handlers(), &sdk_of(self.language));
            }
            _ => {}
        }
    }

    fn handlers(&self) -> PathBuf {
        self.folder.join("handlers")
    }

    /// The command with what the toolchain needs.
    fn with_tools<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let environment = self.tools.join("environment");
        match self.language {
            "rust" => {
                for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"] {
                    command.env_remove(name);
                }
                command.env("CARGO_NET_OFFLINE", "true");
                command.env("CARGO_TARGET_DIR", self.tools.join("target"))
            }
            "go" => go_environment(&self.tools, command),
            _ => command
                .env("VIRTUAL_ENV", environment)
                .env_remove("WASI_SDK_PATH"),
        }
    }

    /// Runs the unit tests that were written, as its README says.
    async fn passes_its_tests(&self) {
        let environment = self.tools.join("environment/bin");
        let mut command = match self.language {
            "rust" => Command::new("cargo"),
            "python" => Command::new(environment.join("python")),
            "c" => Command::new("make"),
            "go" => Command::new(environment.join("go")),
            _ => Command::new("node"),
        };
        match self.language {
            "rust" => command.args(["test", "--quiet"]),
            "python" => {
                let sdk = sdk_of("python");
                command
                    .env("PYTHONPATH", sdk)
                    .env("PYTHONDONTWRITEBYTECODE", "1");
                command.args(["-m", "unittest", "discover", "src"])
            }
            "c" => command.arg("test").arg(zig_cc(&self.tools)),
            "go" => command.args(["test", "."]),
            _ => command.arg(sdk_of(self.language).join("build/test.mjs")),
        };
        let command = command.current_dir(self.handlers());
        run(self.with_tools(command)).await;
    }

    /// Builds its component where `tasker sync` reads it.
    async fn builds(&self) -> PathBuf {
        let components = self.folder.join("sync/demo/components");
        let mut build = Command::new(tasker());
        build.args(["build", "--release", "--output", "json", "--out-dir"]);
        build.arg(&components).arg(&self.folder);
        let told = run(self.with_tools(&mut build)).await;
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["name"], "demo/quote");
        let component = components.join("quote@0.1.0.wasm");
        assert_eq!(told["path"], component.to_str().unwrap());
        component
    }

    async fn passes_its_cases(&self, component: &Path) {
        let mut test = Command::new(tasker());
        test.arg("test")
            .arg(&self.folder)
            .arg("--component")
            .arg(component);
        let code = Path::new(env!("CARGO_TARGET_TMPDIR")).join("testing");
        let told = run(test.env("TASKER_DATA_DIR", code)).await;
        let all = format!("{CASES} cases run: {CASES} passed");
        assert!(told.contains(&all), "{told}");
    }

    /// Syncs its folder to a host that has nothing, and runs a task of each template.
    async fn runs_on_a_host(&self) {
        let terminal = Terminal::with_host().await;
        let synced = self.folder.join("sync/demo");
        let synced = synced.to_str().unwrap();
        let planned = terminal.run(["sync", synced, "--dry-run"]).await.succeeds();
        for line in [
            "+ grant quote  events quotes",
            "+ grant quote  kv approvals read",
            "+ pin template quote  =0.1.0",
        ] {
            assert!(planned.out.contains(line), "{planned:?}");
        }
        terminal.run(["sync", synced]).await.succeeds();
        let again = terminal.run(["sync", synced]).await.succeeds();
        assert!(again.out.contains("nothing to do"), "{again:?}");
        let shown = ["component", "show", "demo/quote@0.1.0"];
        let shown = terminal.run(shown).await.succeeds();
        assert!(shown.out.contains("tasker 0.1.0"), "{shown:?}");
        let input = format!("@{}", self.folder.join("input.json").display());
        for (name, shape, cents) in TEMPLATES {
            let task = format!("demo/{name}");
            let run = ["task", "run", &task, "--input", &input, "--output", "json"];
            let begun = terminal.run(run).await.succeeds().json();
            let id = begun["task"]["id"].as_str().unwrap();
            if shape == "approval" {
                self.waits_until_it_is_approved(&terminal, id).await;
            }
            terminal.run(["task", "watch", id]).await.succeeds();
            let result = terminal.run(["task", "result", id]).await.succeeds();
            assert_eq!(result.json(), json!({ "cents": cents }), "{name}");
        }
    }

    /// Approves a task once it has asked.
    async fn waits_until_it_is_approved(&self, terminal: &Terminal, task: &str) {
        wait_until("it asks", async || {
            let steps = ["task", "steps", task, "--output", "json"];
            let steps = terminal.run(steps).await.json();
            let mut steps = steps["items"].as_array()?.iter();
            let asks = steps.find(|step| step["name"] == "approval")?;
            (asks["state"] == "waiting_for_retry").then_some(())
        })
        .await;
        let approve = ["kv", "set", "demo/approvals", task, r#"{"approved": true}"#];
        terminal.run(approve).await.succeeds();
    }
}

async fn works(language: &'static str) {
    let Some(project) = Project::new(language).await else {
        return;
    };
    let (sdk, name) = (sdk_of(language), format!("{language}-project"));
    // Components of Rust are built in seconds, so that the test sees each change of the host.
    let passed =
        (language != "rust").then(|| passed(&project.tools, &name, &[&project.folder, &sdk]));
    if passed.as_ref().is_some_and(|file| file.is_file()) {
        return;
    }
    project.passes_its_tests().await;
    let component = project.builds().await;
    project.passes_its_cases(&component).await;
    project.runs_on_a_host().await;
    if let Some(passed) = passed {
        std::fs::write(passed, "").unwrap();
    }
}

#[tokio::test]
async fn a_project_in_rust_works_as_it_is_written() {
    works("rust").await;
}

#[tokio::test]
async fn a_project_in_typescript_works_as_it_is_written() {
    works("typescript").await;
}

#[tokio::test]
async fn a_project_in_javascript_works_as_it_is_written() {
    works("javascript").await;
}

#[tokio::test]
async fn a_project_in_python_works_as_it_is_written() {
    works("python").await;
}

#[tokio::test]
async fn a_project_in_c_works_as_it_is_written() {
    works("c").await;
}

#[tokio::test]
async fn a_project_in_go_works_as_it_is_written() {
    works("go").await;
}

#[tokio::test]
async fn a_new_template_runs_the_handlers_that_the_component_has() {
    let Some(project) = Project::new("c").await else {
        return;
    };
    let mut new = Command::new(tasker());
    new.args(["new", "template", "seen", "--shape", "parallel", "--dir"]);
    run(project.with_tools(new.arg(&project.folder))).await;
    let templates = project.folder.join("sync/demo/templates");
    let read = |name: &str| std::fs::read_to_string(templates.join(name)).unwrap();
    assert_eq!(
        read("seen.yaml"),
        read("fork.yaml").replace("name: fork", "name: seen")
    );
    let again = new.output().await.unwrap();
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(said.contains("seen.yaml is there already"), "{said}");
}
