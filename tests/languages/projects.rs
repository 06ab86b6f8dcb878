//! What `tasker new` writes in each language passes its own tests and builds; so do the SDKs.

use super::language::{Language, ROOT, collect, go_environment, link_packages};
use crate::harness::tasker;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// Runs a command to its end; what it printed, where it ended well.
pub(super) async fn run(command: &mut Command) -> String {
    let output = command.kill_on_drop(true).output().await.unwrap();
    let (said, told) = (output.stderr, output.stdout);
    let (said, told) = (
        String::from_utf8_lossy(&said),
        String::from_utf8_lossy(&told),
    );
    assert!(output.status.success(), "{command:?}: {told}{said}");
    told.into_owned()
}

/// A folder that goes with the test, and whether something of the same files passed before: components take long to build.
struct Project {
    folder: tempfile::TempDir,
    passed: PathBuf,
}

impl Project {
    /// What `tasker new` writes.
    async fn new(tools: &Path, language: &str, kind: &str) -> Self {
        let folder = tempfile::tempdir_in(tools).unwrap();
        let mut command = Command::new(tasker());
        command.args(["new", kind, "demo/hello", "--lang", language]);
        run(command
            .arg("--sdk-path")
            .arg(sdk_of(language))
            .arg("--dir")
            .arg(folder.path()))
        .await;
        let name = format!("{language}-{kind}");
        let passed = passed(tools, &name, &[folder.path(), &sdk_of(language)]);
        Self { folder, passed }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Has `tasker test` run the cases that `tasker new` wrote.
    async fn passes_its_cases(&self, component: &Path) {
        let mut command = Command::new(tasker());
        command.arg("test").arg(self.path());
        command.arg("--component").arg(component);
        let code = Path::new(env!("CARGO_TARGET_TMPDIR")).join("testing");
        let told = run(command.env("TASKER_DATA_DIR", code)).await;
        assert!(told.contains("2 cases run: 2 passed"), "{told}");
    }

    /// Builds it with `tasker build`, runs its cases, and remembers that it passed.
    async fn builds(&self, command: &mut Command) {
        let told = run(command.args(["build", "--output", "json"]).arg(self.path())).await;
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(
            (&told["name"], &told["version"]),
            (&"demo/hello".into(), &"0.1.0".into())
        );
        let built = Path::new(told["path"].as_str().unwrap());
        assert!(built.is_file());
        self.passes_its_cases(built).await;
        std::fs::write(&self.passed, "").unwrap();
    }
}

/// The file that is there where a test of this name has passed on the same files.
pub(super) fn passed(tools: &Path, name: &str, folders: &[&Path]) -> PathBuf {
    let mut files = BTreeMap::new();
    for folder in folders {
        collect(folder, &mut files);
    }
    let mut hasher = Sha256::new();
    for bytes in files.into_values() {
        hasher.update(bytes);
    }
    let hash = data_encoding::HEXLOWER.encode(&hasher.finalize()[..8]);
    tools.join(format!("passed-{name}-{hash}"))
}

pub(super) fn sdk_of(language: &str) -> PathBuf {
    let folder = match language {
        "rust" => "plugins/sdk",
        "python" => "plugins/python",
        "c" => "plugins/c",
        "go" => "plugins/go",
        _ => "plugins/typescript",
    };
    Path::new(ROOT).join(folder).canonicalize().unwrap()
}

async fn npm_project(language: &str, kind: &str) {
    let Some(tools) = Language::named("typescript").tools() else {
        return;
    };
    let project = Project::new(&tools, language, kind).await;
    if project.passed.is_file() {
        return;
    }
    let sdk = sdk_of(language);
    link_packages(&tools.join("modules/node_modules"), project.path(), &sdk);
    let tests = sdk.join("build/test.mjs");
    run(Command::new("node").arg(tests).current_dir(project.path())).await;
    project.builds(&mut Command::new(tasker())).await;
}

async fn python_project(kind: &str) {
    let Some(tools) = Language::named("python").tools() else {
        return;
    };
    let project = Project::new(&tools, "python", kind).await;
    if project.passed.is_file() {
        return;
    }
    let environment = tools.join("environment");
    let mut tests = Command::new(environment.join("bin/python"));
    tests.args(["-m", "unittest", "discover", "src"]);
    tests
        .env("PYTHONPATH", sdk_of("python"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    run(tests.current_dir(project.path())).await;
    project
        .builds(Command::new(tasker()).env("VIRTUAL_ENV", environment))
        .await;
}

async fn c_project(kind: &str) {
    let Some(tools) = Language::named("c").tools() else {
        return;
    };
    let project = Project::new(&tools, "c", kind).await;
    if project.passed.is_file() {
        return;
    }
    let mut tests = Command::new("make");
    tests.arg("test").arg(zig_cc(&tools));
    run(tests.current_dir(project.path())).await;
    let mut command = Command::new(tasker());
    command.env("VIRTUAL_ENV", tools.join("environment"));
    project.builds(command.env_remove("WASI_SDK_PATH")).await;
}

/// The compiler of tests, as make takes it: that of the toolchain, since it is there.
pub(super) fn zig_cc(tools: &Path) -> String {
    let python = tools.join("environment/bin/python");
    format!("CC={} -m ziglang cc", python.display())
}

async fn go_project(kind: &str) {
    let Some(tools) = Language::named("go").tools() else {
        return;
    };
    let project = Project::new(&tools, "go", kind).await;
    if project.passed.is_file() {
        return;
    }
    go(&tools, project.path(), &["test", "."]).await;
    let mut command = Command::new(tasker());
    project.builds(go_environment(&tools, &mut command)).await;
}

/// The go command of the toolchain in a folder.
async fn go(tools: &Path, folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(tools.join("environment/bin/go"));
    command.args(arguments).current_dir(folder);
    run(go_environment(tools, &mut command)).await
}

#[tokio::test]
async fn a_new_project_in_typescript_passes_its_tests_and_builds() {
    npm_project("typescript", "handler").await;
    npm_project("typescript", "subscriber").await;
}

#[tokio::test]
async fn a_new_project_in_javascript_passes_its_tests_and_builds() {
    npm_project("javascript", "handler").await;
    npm_project("javascript", "subscriber").await;
}

#[tokio::test]
async fn a_new_project_in_python_passes_its_tests_and_builds() {
    python_project("handler").await;
    python_project("subscriber").await;
}

#[tokio::test]
async fn a_new_project_in_c_passes_its_tests_and_builds() {
    c_project("handler").await;
    c_project("subscriber").await;
}

#[tokio::test]
async fn a_new_project_in_go_passes_its_tests_and_builds() {
    go_project("handler").await;
    go_project("subscriber").await;
}

#[tokio::test]
async fn a_component_in_go_exports_what_its_author_uses() {
    let Some(tools) = Language::named("go").tools() else {
        return;
    };
    let (handler, subscriber) = ("tasker:step/handler@1", "tasker:step/subscriber@1");
    for (kind, has, lacks) in [
        ("handler", handler, subscriber),
        ("subscriber", subscriber, handler),
    ] {
        let project = Project::new(&tools, "go", kind).await;
        let mut command = Command::new(tasker());
        project.builds(go_environment(&tools, &mut command)).await;
        let bytes = std::fs::read(project.path().join("build/hello.wasm")).unwrap();
        let component = String::from_utf8_lossy(&bytes);
        assert!(component.contains(&format!("{has}.1.0#")), "{kind}");
        assert!(!component.contains(&format!("{lacks}.1.0#")), "{kind}");
        assert!(!component.contains("wasi:http"), "{kind}");
    }
}

#[tokio::test]
async fn a_component_in_c_exports_and_imports_what_its_author_uses() {
    let Some(tools) = Language::named("c").tools() else {
        return;
    };
    let wit_of = async |kind: &str| {
        let project = Project::new(&tools, "c", kind).await;
        let mut command = Command::new(tasker());
        command.env("VIRTUAL_ENV", tools.join("environment"));
        project.builds(command.env_remove("WASI_SDK_PATH")).await;
        let bytes = std::fs::read(project.path().join("build/hello.wasm")).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (handlers, subscribers) = (wit_of("handler").await, wit_of("subscriber").await);
    let (handler, subscriber) = (
        "tasker:step/handler@1.1.0#execute",
        "tasker:step/subscriber@1.1.0#handle",
    );
    assert!(handlers.contains(handler) && !handlers.contains(subscriber));
    assert!(subscribers.contains(subscriber) && !subscribers.contains(handler));
    for component in [handlers, subscribers] {
        assert!(!component.contains("wasi:http"));
        // The names of functions are there, and nothing of debuggers.
        assert!(component.contains("tasker_execute") || component.contains("tasker_handle"));
        assert!(!component.contains(".debug_"));
    }
}

#[tokio::test]
async fn a_project_in_c_that_exports_nothing_does_not_build() {
    let Some(tools) = Language::named("c").tools() else {
        return;
    };
    let project = Project::new(&tools, "c", "handler").await;
    std::fs::write(project.path().join("src/handlers.c"), "int nothing;\n").unwrap();
    let mut command = Command::new(tasker());
    command.env("VIRTUAL_ENV", tools.join("environment"));
    command.env_remove("WASI_SDK_PATH");
    let output = command.arg("build").arg(project.path()).output().await;
    let output = output.unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("neither TASKER_HANDLERS nor"), "{said}");
}

#[tokio::test]
async fn a_mistake_of_types_does_not_build_and_is_shown_with_its_place() {
    let Some(tools) = Language::named("typescript").tools() else {
        return;
    };
    let project = Project::new(&tools, "typescript", "handler").await;
    link_packages(
        &tools.join("modules/node_modules"),
        project.path(),
        &sdk_of("typescript"),
    );
    let source = project.path().join("src/handlers.ts");
    let refused = async |text: &str| {
        std::fs::write(&source, text).unwrap();
        let output = Command::new(tasker())
            .arg("build")
            .arg(project.path())
            .output()
            .await;
        let output = output.unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let start = "import { handler } from \"@tasker/sdk\";\n";
    let said = refused(&format!(
        "{start}handler(\"a\", (n: number): string => n);\n"
    ))
    .await;
    assert!(said.contains("src/handlers.ts(2,"), "{said}");
    let said = refused(&format!(
        "{start}handler(\"a\", (at: {{ day: Date }}) => 1);\n"
    ))
    .await;
    assert!(
        said.contains("src/handlers.ts:2:1: `day` is a Date"),
        "{said}"
    );
}

#[tokio::test]
async fn the_sdk_for_typescript_passes_its_tests_and_the_checks_of_its_types() {
    let Some(tools) = Language::named("typescript").tools() else {
        return;
    };
    let modules = tools.join("modules/node_modules");
    let sdk = sdk_of("typescript");
    let node = || {
        let mut command = Command::new("node");
        command.env("NODE_PATH", &modules).current_dir(&sdk);
        command
    };
    run(node()
        .arg(modules.join("typescript/bin/tsc"))
        .args(["-p", "."]))
    .await;
    run(node().args(["build/test.mjs", "test"])).await;
}

#[tokio::test]
async fn the_sdk_for_python_passes_its_tests() {
    let Some(tools) = Language::named("python").tools() else {
        return;
    };
    let mut tests = Command::new(tools.join("environment/bin/python"));
    tests.args(["-m", "unittest", "discover", "tests"]);
    tests.env("PYTHONDONTWRITEBYTECODE", "1");
    run(tests.current_dir(sdk_of("python"))).await;
}

#[tokio::test]
async fn the_sdk_for_c_passes_its_tests() {
    let Some(tools) = Language::named("c").tools() else {
        return;
    };
    let built = tempfile::tempdir_in(&tools).unwrap();
    for test in ["json", "handlers", "http"] {
        let program = built.path().join(test);
        let mut compile = Command::new(tools.join("environment/bin/python"));
        compile.args(["-m", "ziglang", "cc", "-g", "-Wall", "-Wextra", "-Werror"]);
        compile.args(["-fsanitize=undefined", "-fsanitize-trap=undefined"]);
        compile
            .args(["-Iinclude", "-Isrc", "-lm", "-o"])
            .arg(&program);
        compile.arg(format!("tests/{test}.c"));
        for source in ["component", "http", "json", "tasker", "testing"] {
            compile.arg(format!("src/{source}.c"));
        }
        run(compile.current_dir(sdk_of("c"))).await;
        run(&mut Command::new(program)).await;
    }
}

#[tokio::test]
async fn the_sdk_for_go_passes_its_tests() {
    let Some(tools) = Language::named("go").tools() else {
        return;
    };
    let sdk = sdk_of("go");
    go(&tools, &sdk, &["vet", "./..."]).await;
    go(&tools, &sdk, &["test", "./..."]).await;
}
