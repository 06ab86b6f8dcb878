//! A language of the suite: where its handlers are, what builds them, and how its traces look.

use crate::harness::{build_guests, left_out, tasker};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// The repository.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// What tools write between the sources.
const BUILT: [&str; 3] = ["node_modules", "__pycache__", ".venv"];

pub struct Language {
    pub name: &'static str,
    /// The name as people write it.
    pub title: &'static str,
    /// The folder of its SDK below `plugins`.
    pub sdk: &'static str,
    /// The file that the handlers are in, below their folder.
    pub source: &'static str,
    /// How the place of a crash begins.
    pub place: &'static str,
    /// The code of a failure for a mistake of the code.
    pub crash: &'static str,
    /// What is there where its toolchain is installed, below the folder of toolchains.
    tool: &'static str,
}

/// The components of a language.
pub struct Built {
    pub handlers: &'static [u8],
    pub subscribers: &'static [u8],
}

pub const LANGUAGES: [Language; 5] = [
    Language {
        name: "rust",
        title: "Rust",
        sdk: "sdk",
        source: "src/lib.rs",
        place: "src/lib.rs:",
        crash: "trapped",
        tool: "",
    },
    Language {
        name: "typescript",
        title: "TypeScript",
        sdk: "typescript",
        source: "src/handlers.ts",
        place: "src/handlers.ts:",
        crash: "internal",
        tool: "modules/node_modules/componentize-qjs/package.json",
    },
    Language {
        name: "python",
        title: "Python",
        sdk: "python",
        source: "src/handlers.py",
        place: "handlers.py:",
        crash: "internal",
        tool: "environment/bin/componentize-py",
    },
    Language {
        name: "c",
        title: "C",
        sdk: "c",
        source: "src/handlers.c",
        place: "src/handlers.c:",
        crash: "trapped",
        tool: "environment/bin/python-zig",
    },
    Language {
        name: "go",
        title: "Go",
        sdk: "go",
        source: "handlers.go",
        place: "handlers.go:",
        crash: "internal",
        tool: "environment/bin/go",
    },
];

impl Language {
    pub fn named(name: &str) -> &'static Self {
        let found = LANGUAGES.iter().find(|language| language.name == name);
        found.unwrap()
    }

    /// Where its handlers are.
    pub fn folder(&self) -> PathBuf {
        Path::new(ROOT).join("tests/languages").join(self.name)
    }

    /// Its components, built if the sources changed; none where the toolchain is not there.
    pub async fn built(&self) -> Option<Built> {
        if self.name == "rust" {
            return Some(rust());
        }
        let tools = self.tools()?;
        let bytes = self.cached(&tools).await;
        Some(Built {
            handlers: bytes,
            subscribers: bytes,
        })
    }

    /// Where its toolchain is; none, and a word about it, where it is not.
    pub fn tools(&self) -> Option<PathBuf> {
        let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages");
        let tools = tools.join(self.name);
        if tools.join(self.tool).is_file() {
            return Some(tools);
        }
        let title = self.title;
        left_out(&format!(
            "{title} is not tested, because its toolchain is not there: make setup-languages"
        ));
        None
    }

    async fn cached(&self, tools: &Path) -> &'static [u8] {
        let file = tools.join(format!("{}.wasm", self.hash(tools)));
        if !file.is_file() {
            let made = self.build(tools).await;
            std::fs::rename(made, &file).unwrap();
        }
        std::fs::read(file).unwrap().leak()
    }

    /// Of all that the component is made of.
    fn hash(&self, tools: &Path) -> String {
        let mut hasher = Sha256::new();
        let sdk = Path::new(ROOT).join("plugins").join(self.sdk);
        for folder in [self.folder(), sdk] {
            let mut files = BTreeMap::new();
            collect(&folder, &mut files);
            for (path, bytes) in files {
                hasher.update(path.strip_prefix(&folder).unwrap().to_str().unwrap());
                hasher.update(bytes.len().to_le_bytes());
                hasher.update(bytes);
            }
        }
        hasher.update(std::fs::read(tools.join("installed")).unwrap());
        let digest = hasher.finalize();
        data_encoding::HEXLOWER.encode(&digest[..8])
    }

    /// Builds a copy of the project with `tasker build`, as its author would.
    async fn build(&self, tools: &Path) -> PathBuf {
        let project = tempfile::tempdir_in(tools).unwrap();
        copy(&self.folder(), project.path());
        let sdk = Path::new(ROOT).join("plugins").join(self.sdk);
        let sdk = sdk.canonicalize().unwrap();
        let mut command = Command::new(tasker());
        command
            .args(["build", "--output", "json"])
            .arg(project.path());
        match self.name {
            "typescript" => {
                link_packages(&tools.join("modules/node_modules"), project.path(), &sdk);
            }
            "c" => {
                std::os::unix::fs::symlink(sdk, project.path().join("sdk")).unwrap();
                command.env("VIRTUAL_ENV", tools.join("environment"));
                command.env_remove("WASI_SDK_PATH");
            }
            "go" => {
                std::os::unix::fs::symlink(sdk, project.path().join("sdk")).unwrap();
                go_environment(tools, &mut command);
            }
            _ => {
                let environment = tools.join("environment");
                command.env("VIRTUAL_ENV", environment);
                command.env("PYTHONPATH", sdk);
            }
        }
        let output = command.output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{} does not build: {said}",
            self.title
        );
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["name"], "orders/conformance");
        let made = tools.join("made.wasm");
        std::fs::rename(told["path"].as_str().unwrap(), &made).unwrap();
        made
    }
}

fn rust() -> Built {
    let built = build_guests(&Path::new(ROOT).join("plugins"));
    let read = |name: &str| std::fs::read(built.join(name)).unwrap().leak();
    Built {
        handlers: read("tasker_conformance.wasm"),
        subscribers: read("tasker_conformance_subscriber.wasm"),
    }
}

pub fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if BUILT.iter().any(|built| entry.file_name() == *built) {
            continue;
        } else if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), files);
        } else {
            files.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    let mut files = BTreeMap::new();
    collect(from, &mut files);
    for (path, bytes) in files {
        let path = to.join(path.strip_prefix(from).unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// The go command of the toolchain, which has no need of a network.
pub fn go_environment<'a>(tools: &Path, command: &'a mut Command) -> &'a mut Command {
    command
        .env("VIRTUAL_ENV", tools.join("environment"))
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "")
        .env("GOPATH", tools.join("path"))
        .env("GOCACHE", tools.join("cache"))
}

/// What `npm install` would make: the packages, and the SDK among them.
pub fn link_packages(modules: &Path, project: &Path, sdk: &Path) {
    let own = project.join("node_modules");
    std::fs::create_dir_all(own.join("@tasker")).unwrap();
    for entry in std::fs::read_dir(modules).unwrap() {
        let entry = entry.unwrap();
        std::os::unix::fs::symlink(entry.path(), own.join(entry.file_name())).unwrap();
    }
    std::os::unix::fs::symlink(sdk, own.join("@tasker/sdk")).unwrap();
}
