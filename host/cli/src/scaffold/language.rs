//! The languages that `tasker new` writes in: the files of a project in each, and the SDK.

use super::Kind;

/// The path of a file inside a new project, and its text with `{{…}}` where the project's own words go.
pub type Template = (&'static str, &'static str);

/// What a new project is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Rust.
    #[default]
    Rust,
    /// TypeScript.
    #[value(alias = "ts")]
    Typescript,
    /// JavaScript, with types in comments.
    #[value(alias = "js")]
    Javascript,
    /// Python.
    #[value(alias = "py")]
    Python,
    /// C.
    C,
    /// Go.
    Go,
}

/// Where a checkout of this project has the SDK of a language, and how it is recognised.
pub struct SdkPlace {
    /// From the root of the checkout.
    pub folder: &'static str,
    /// What is built from.
    pub manifest: &'static str,
    /// What stands in the manifest of no other package.
    pub mark: &'static str,
}

macro_rules! template {
    ($path:literal, $source:literal) => {
        ($path, include_str!($source))
    };
}

const TEMPLATE_YAML: Template = template!("template.yaml", "crate/template.yaml.txt");
const INPUT_JSON: Template = template!("input.json", "crate/input.json.txt");
const CASES: Template = template!("tests/{{name}}.yaml", "cases/handler.yaml.txt");
const SUBSCRIBER_CASES: Template = template!("tests/{{name}}.yaml", "cases/subscriber.yaml.txt");
const CARGO_TOML: Template = template!("Cargo.toml", "crate/Cargo.toml.txt");
const CARGO_CONFIG: Template = template!(".cargo/config.toml", "crate/config.toml.txt");
const CARGO_GITIGNORE: Template = template!(".gitignore", "crate/gitignore.txt");
const PACKAGE_JSON: Template = template!("package.json", "typescript/package.json.txt");
const TSCONFIG: Template = template!("tsconfig.json", "typescript/tsconfig.json.txt");
const NPM_GITIGNORE: Template = template!(".gitignore", "typescript/gitignore.txt");
const NPM_README: Template = template!("README.md", "typescript/README.md.txt");
const NPM_TOTALS: Template = template!("README.md", "typescript/subscribers.README.md.txt");
const PYPROJECT: Template = template!("pyproject.toml", "python/pyproject.toml.txt");
const PYTHON_GITIGNORE: Template = template!(".gitignore", "python/gitignore.txt");
const TASKER_TOML: Template = template!("tasker.toml", "c/tasker.toml.txt");
const C_MAKEFILE: Template = template!("Makefile", "c/Makefile.txt");
const C_GITIGNORE: Template = template!(".gitignore", "c/gitignore.txt");
const GO_MOD: Template = template!("go.mod", "go/go.mod.txt");
const GO_TASKER_TOML: Template = template!("tasker.toml", "go/tasker.toml.txt");
const GO_GITIGNORE: Template = template!(".gitignore", "go/gitignore.txt");

const RUST: [Template; 8] = [
    CARGO_TOML,
    CARGO_CONFIG,
    template!("src/lib.rs", "crate/lib.rs.txt"),
    TEMPLATE_YAML,
    INPUT_JSON,
    template!("README.md", "crate/README.md.txt"),
    CARGO_GITIGNORE,
    CASES,
];

const RUST_SUBSCRIBER: [Template; 6] = [
    CARGO_TOML,
    CARGO_CONFIG,
    template!("src/lib.rs", "subscriber/lib.rs.txt"),
    template!("README.md", "subscriber/README.md.txt"),
    CARGO_GITIGNORE,
    SUBSCRIBER_CASES,
];

const TYPESCRIPT: [Template; 9] = [
    PACKAGE_JSON,
    TSCONFIG,
    template!("src/handlers.ts", "typescript/handlers.ts.txt"),
    template!("src/handlers.test.ts", "typescript/handlers.test.ts.txt"),
    TEMPLATE_YAML,
    INPUT_JSON,
    NPM_README,
    NPM_GITIGNORE,
    CASES,
];

const TYPESCRIPT_SUBSCRIBER: [Template; 7] = [
    PACKAGE_JSON,
    TSCONFIG,
    template!("src/handlers.ts", "typescript/subscribers.ts.txt"),
    template!("src/handlers.test.ts", "typescript/subscribers.test.ts.txt"),
    NPM_TOTALS,
    NPM_GITIGNORE,
    SUBSCRIBER_CASES,
];

const JAVASCRIPT: [Template; 9] = [
    PACKAGE_JSON,
    TSCONFIG,
    template!("src/handlers.js", "javascript/handlers.js.txt"),
    template!("src/handlers.test.js", "javascript/handlers.test.js.txt"),
    TEMPLATE_YAML,
    INPUT_JSON,
    NPM_README,
    NPM_GITIGNORE,
    CASES,
];

const JAVASCRIPT_SUBSCRIBER: [Template; 7] = [
    PACKAGE_JSON,
    TSCONFIG,
    template!("src/handlers.js", "javascript/subscribers.js.txt"),
    template!("src/handlers.test.js", "javascript/subscribers.test.js.txt"),
    NPM_TOTALS,
    NPM_GITIGNORE,
    SUBSCRIBER_CASES,
];

const PYTHON: [Template; 8] = [
    PYPROJECT,
    template!("src/handlers.py", "python/handlers.py.txt"),
    template!("src/test_handlers.py", "python/test_handlers.py.txt"),
    TEMPLATE_YAML,
    INPUT_JSON,
    template!("README.md", "python/README.md.txt"),
    PYTHON_GITIGNORE,
    CASES,
];

const PYTHON_SUBSCRIBER: [Template; 6] = [
    PYPROJECT,
    template!("src/handlers.py", "python/subscribers.py.txt"),
    template!("src/test_handlers.py", "python/test_subscribers.py.txt"),
    template!("README.md", "python/subscribers.README.md.txt"),
    PYTHON_GITIGNORE,
    SUBSCRIBER_CASES,
];

const C: [Template; 9] = [
    TASKER_TOML,
    C_MAKEFILE,
    template!("src/handlers.c", "c/handlers.c.txt"),
    template!("tests/handlers.c", "c/handlers_test.c.txt"),
    TEMPLATE_YAML,
    INPUT_JSON,
    template!("README.md", "c/README.md.txt"),
    C_GITIGNORE,
    CASES,
];

const C_SUBSCRIBER: [Template; 7] = [
    TASKER_TOML,
    C_MAKEFILE,
    template!("src/handlers.c", "c/subscribers.c.txt"),
    template!("tests/handlers.c", "c/subscribers_test.c.txt"),
    template!("README.md", "c/subscribers.README.md.txt"),
    C_GITIGNORE,
    SUBSCRIBER_CASES,
];

const GO: [Template; 9] = [
    GO_TASKER_TOML,
    GO_MOD,
    template!("handlers.go", "go/handlers.go.txt"),
    template!("handlers_test.go", "go/handlers_test.go.txt"),
    TEMPLATE_YAML,
    INPUT_JSON,
    template!("README.md", "go/README.md.txt"),
    GO_GITIGNORE,
    CASES,
];

const GO_SUBSCRIBER: [Template; 7] = [
    GO_TASKER_TOML,
    GO_MOD,
    template!("handlers.go", "go/subscribers.go.txt"),
    template!("handlers_test.go", "go/subscribers_test.go.txt"),
    template!("README.md", "go/subscribers.README.md.txt"),
    GO_GITIGNORE,
    SUBSCRIBER_CASES,
];

const RUST_QUOTE: [Template; 4] = [
    CARGO_TOML,
    CARGO_CONFIG,
    template!("src/lib.rs", "crate/quote.rs.txt"),
    CARGO_GITIGNORE,
];

const TYPESCRIPT_QUOTE: [Template; 5] = [
    PACKAGE_JSON,
    TSCONFIG,
    template!("src/handlers.ts", "typescript/quote.ts.txt"),
    template!("src/handlers.test.ts", "typescript/quote.test.ts.txt"),
    NPM_GITIGNORE,
];

const JAVASCRIPT_QUOTE: [Template; 5] = [
    PACKAGE_JSON,
    TSCONFIG,
    template!("src/handlers.js", "javascript/quote.js.txt"),
    template!("src/handlers.test.js", "javascript/quote.test.js.txt"),
    NPM_GITIGNORE,
];

const PYTHON_QUOTE: [Template; 4] = [
    PYPROJECT,
    template!("src/handlers.py", "python/quote.py.txt"),
    template!("src/test_handlers.py", "python/test_quote.py.txt"),
    PYTHON_GITIGNORE,
];

const C_QUOTE: [Template; 5] = [
    TASKER_TOML,
    C_MAKEFILE,
    template!("src/handlers.c", "c/quote.c.txt"),
    template!("tests/handlers.c", "c/quote_test.c.txt"),
    C_GITIGNORE,
];

const GO_QUOTE: [Template; 5] = [
    GO_TASKER_TOML,
    GO_MOD,
    template!("handlers.go", "go/quote.go.txt"),
    template!("handlers_test.go", "go/quote_test.go.txt"),
    GO_GITIGNORE,
];

impl Language {
    /// The files of a new component.
    pub fn files(self, kind: Kind) -> &'static [Template] {
        match (self, kind) {
            (Self::Rust, Kind::Handler) => &RUST,
            (Self::Rust, Kind::Subscriber) => &RUST_SUBSCRIBER,
            (Self::Rust, Kind::Project(_)) => &RUST_QUOTE,
            (Self::Typescript, Kind::Handler) => &TYPESCRIPT,
            (Self::Typescript, Kind::Subscriber) => &TYPESCRIPT_SUBSCRIBER,
            (Self::Typescript, Kind::Project(_)) => &TYPESCRIPT_QUOTE,
            (Self::Javascript, Kind::Handler) => &JAVASCRIPT,
            (Self::Javascript, Kind::Subscriber) => &JAVASCRIPT_SUBSCRIBER,
            (Self::Javascript, Kind::Project(_)) => &JAVASCRIPT_QUOTE,
            (Self::Python, Kind::Handler) => &PYTHON,
            (Self::Python, Kind::Subscriber) => &PYTHON_SUBSCRIBER,
            (Self::Python, Kind::Project(_)) => &PYTHON_QUOTE,
            (Self::C, Kind::Handler) => &C,
            (Self::C, Kind::Subscriber) => &C_SUBSCRIBER,
            (Self::C, Kind::Project(_)) => &C_QUOTE,
            (Self::Go, Kind::Handler) => &GO,
            (Self::Go, Kind::Subscriber) => &GO_SUBSCRIBER,
            (Self::Go, Kind::Project(_)) => &GO_QUOTE,
        }
    }

    /// Where a checkout has its SDK.
    pub fn sdk_place(self) -> SdkPlace {
        let (folder, manifest, mark) = match self {
            Self::Rust => ("plugins/sdk", "Cargo.toml", "name = \"tasker-sdk\""),
            Self::Typescript | Self::Javascript => {
                let mark = "\"name\": \"@tasker/sdk\"";
                ("plugins/typescript", "package.json", mark)
            }
            Self::Python => ("plugins/python", "pyproject.toml", "name = \"tasker-sdk\""),
            Self::C => ("plugins/c", "include/tasker.h", "#define TASKER_H"),
            Self::Go => ("plugins/go", "go.mod", "module tasker\n"),
        };
        SdkPlace {
            folder,
            manifest,
            mark,
        }
    }

    /// How files of the source end, where a text speaks of them.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Rust => "rs",
            Self::Typescript => "ts",
            Self::Javascript => "js",
            Self::Python => "py",
            Self::C => "c",
            Self::Go => "go",
        }
    }

    /// What is typed to test the functions of a new component, a command a line.
    pub fn test_commands(self, sdk: &str) -> Vec<String> {
        let lines: &[&str] = match self {
            Self::Rust => &["cargo test"],
            Self::Typescript | Self::Javascript => &["npm install", "npm test"],
            Self::Python => &[
                "python3 -m venv .venv",
                ".venv/bin/pip install componentize-py==0.25.1 {{sdk}}",
                ".venv/bin/python -m unittest discover src",
            ],
            Self::C => &[
                "python3 -m venv .venv",
                ".venv/bin/pip install ziglang==0.17.1",
                "make test",
            ],
            Self::Go => &["go test"],
        };
        let lines = lines.iter();
        lines.map(|line| line.replace("{{sdk}}", sdk)).collect()
    }

    /// The name as people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Typescript => "TypeScript",
            Self::Javascript => "JavaScript",
            Self::Python => "Python",
            Self::C => "C",
            Self::Go => "Go",
        }
    }

    /// The file that says the name and version of a component.
    pub fn manifest(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::Typescript | Self::Javascript => "package.json",
            Self::Python => "pyproject.toml",
            Self::C | Self::Go => "tasker.toml",
        }
    }

    /// The steps of a workflow for CI that install what builds components and is not there.
    pub fn ci_steps(self) -> &'static str {
        match self {
            Self::Rust => {
                "      - name: Install the target\n        run: rustup target add wasm32-wasip2\n"
            }
            Self::Typescript | Self::Javascript => {
                "      - uses: actions/setup-node@v4\n        with:\n          node-version: 22\n"
            }
            Self::Python => {
                "      - uses: actions/setup-python@v5\n        with:\n          python-version: \"3.12\"\n"
            }
            // The environment of Python that its tests make has the compiler.
            Self::C => "",
            Self::Go => {
                "      - uses: actions/setup-go@v5\n        with:\n          go-version: \"1.25\"\n"
            }
        }
    }
}
