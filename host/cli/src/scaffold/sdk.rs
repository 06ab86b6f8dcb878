//! The SDKs as they were when this program was built: a project made from them builds wherever that is.

use super::Language;

/// A file of an SDK: its path inside the SDK, and its text.
type SdkFile = (&'static str, &'static str);

macro_rules! files {
    ($folder:literal: $($path:literal),+ $(,)?) => {
        [$(($path, include_str!(concat!("../../../../plugins/", $folder, "/", $path)))),+]
    };
}

const RUST: [SdkFile; 22] = files![
    "sdk":
    "Cargo.toml",
    "src/bindings.rs",
    "src/component.rs",
    "src/context.rs",
    "src/entry.rs",
    "src/events.rs",
    "src/failure.rs",
    "src/handler.rs",
    "src/host.rs",
    "src/http/mod.rs",
    "src/http/response.rs",
    "src/http/wasi.rs",
    "src/json.rs",
    "src/kv.rs",
    "src/lib.rs",
    "src/log.rs",
    "src/macros.rs",
    "src/outcome.rs",
    "src/subscriber.rs",
    "src/subscriber_bindings.rs",
    "src/subscriber_macros.rs",
    "src/testing.rs",
];

const TYPESCRIPT: [SdkFile; 34] = files![
    "typescript":
    "build/check.mjs",
    "build/http.mjs",
    "build/lines.mjs",
    "build/main.mjs",
    "build/project.mjs",
    "build/schemas.mjs",
    "build/test.mjs",
    "contract.d.ts",
    "package.json",
    "src/component.ts",
    "src/context.ts",
    "src/failure.ts",
    "src/globals.d.ts",
    "src/host.ts",
    "src/http/component.ts",
    "src/http/native.ts",
    "src/http/request.ts",
    "src/http/response.ts",
    "src/index.ts",
    "src/json.ts",
    "src/kv.ts",
    "src/log.ts",
    "src/promise.ts",
    "src/registry.ts",
    "src/run.ts",
    "src/schema.ts",
    "src/testing.ts",
    "src/thrown.ts",
    "src/trace.ts",
    "src/utf8.ts",
    "wit/deps/clocks.wit",
    "wit/deps/http.wit",
    "wit/deps/io.wit",
    "wit/deps/random.wit",
];

const PYTHON: [SdkFile; 20] = files![
    "python":
    "pyproject.toml",
    "tasker_sdk/__init__.py",
    "tasker_sdk/build.py",
    "tasker_sdk/component.py",
    "tasker_sdk/context.py",
    "tasker_sdk/failures.py",
    "tasker_sdk/host.py",
    "tasker_sdk/http.py",
    "tasker_sdk/kv.py",
    "tasker_sdk/log.py",
    "tasker_sdk/py.typed",
    "tasker_sdk/registry.py",
    "tasker_sdk/run.py",
    "tasker_sdk/testing.py",
    "tasker_sdk/types.py",
    "tasker_sdk/wasi_http.py",
    "tasker_sdk/wit/deps/clocks.wit",
    "tasker_sdk/wit/deps/http.wit",
    "tasker_sdk/wit/deps/io.wit",
    "tasker_sdk/wit/deps/random.wit",
];

const C: [SdkFile; 26] = files![
    "c":
    "bindings/wit_descriptor.c",
    "bindings/wit_descriptor.h",
    "bindings/wit_handlers.c",
    "bindings/wit_handlers.h",
    "bindings/wit_imports.c",
    "bindings/wit_imports.h",
    "bindings/wit_subscribers.c",
    "bindings/wit_subscribers.h",
    "include/tasker.h",
    "include/tasker_http.h",
    "include/tasker_json.h",
    "include/tasker_testing.h",
    "src/component.c",
    "src/export_descriptor.c",
    "src/export_handlers.c",
    "src/export_subscribers.c",
    "src/host.h",
    "src/http.c",
    "src/http.h",
    "src/http_wasm.c",
    "src/json.c",
    "src/preview1.c",
    "src/tasker.c",
    "src/testing.c",
    "src/wasm.c",
    "src/wasm.h",
];

const GO: [SdkFile; 55] = files![
    "go":
    "context.go",
    "event.go",
    "failure.go",
    "feed.go",
    "fetch/fetch.go",
    "fetch/send_native.go",
    "fetch/send_wasip1.go",
    "go.mod",
    "handler/export.go",
    "handler/handler.go",
    "internal/component/host.go",
    "internal/component/log.go",
    "internal/host/host.go",
    "internal/registry/registry.go",
    "internal/run/panic.go",
    "internal/run/run.go",
    "internal/schema/fields.go",
    "internal/schema/read.go",
    "internal/schema/schema.go",
    "internal/wit/exports/descriptor/wit_exports.go",
    "internal/wit/exports/export_tasker_step_descriptor/export.go",
    "internal/wit/exports/export_tasker_step_handler/export.go",
    "internal/wit/exports/export_tasker_step_subscriber/export.go",
    "internal/wit/exports/handlers/wit_exports.go",
    "internal/wit/exports/subscribers/wit_exports.go",
    "internal/wit/imports/tasker_step_context/wit_bindings.go",
    "internal/wit/imports/tasker_step_descriptor/wit_bindings.go",
    "internal/wit/imports/tasker_step_events/wit_bindings.go",
    "internal/wit/imports/tasker_step_handler/wit_bindings.go",
    "internal/wit/imports/tasker_step_kv/wit_bindings.go",
    "internal/wit/imports/tasker_step_log/wit_bindings.go",
    "internal/wit/imports/tasker_step_secrets/wit_bindings.go",
    "internal/wit/imports/tasker_step_subscriber/wit_bindings.go",
    "internal/wit/imports/tasker_step_types/wit_bindings.go",
    "internal/wit/imports/wasi_clocks_monotonic_clock/wit_bindings.go",
    "internal/wit/imports/wasi_http_outgoing_handler/wit_bindings.go",
    "internal/wit/imports/wasi_http_types/wit_bindings.go",
    "internal/wit/imports/wasi_io_error/wit_bindings.go",
    "internal/wit/imports/wasi_io_poll/wit_bindings.go",
    "internal/wit/imports/wasi_io_streams/wit_bindings.go",
    "internal/wit/imports/wasi_random_insecure_seed/wit_bindings.go",
    "internal/wit/runtime/runtime.go",
    "internal/wit/types/types.go",
    "kv.go",
    "roundtripper/roundtripper.go",
    "subscriber/export.go",
    "subscriber/subscriber.go",
    "tasker.go",
    "taskertest/taskertest.go",
    "wit/deps/clocks.wit",
    "wit/deps/http.wit",
    "wit/deps/io.wit",
    "wit/deps/random.wit",
    "wit/deps/step/step.wit",
    "wit/worlds.wit",
];

const TYPESCRIPT_CONTRACT: [SdkFile; 2] =
    files!["typescript": "wit/deps/step/step.wit", "wit/worlds.wit"];
const PYTHON_CONTRACT: [SdkFile; 2] =
    files!["python": "tasker_sdk/wit/deps/step/step.wit", "tasker_sdk/wit/worlds.wit"];

/// All files of the SDK of a language.
pub fn files(language: Language) -> Vec<SdkFile> {
    match language {
        Language::Rust => RUST.to_vec(),
        Language::Typescript | Language::Javascript => {
            [&TYPESCRIPT[..], &TYPESCRIPT_CONTRACT[..]].concat()
        }
        Language::Python => [&PYTHON[..], &PYTHON_CONTRACT[..]].concat(),
        Language::C => C.to_vec(),
        Language::Go => GO.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    /// What tools write between the sources, and what only the checkout needs.
    const LEFT_OUT: [&str; 6] = [
        "node_modules",
        "__pycache__",
        "tests",
        "test",
        "tsconfig.json",
        "README.md",
    ];

    fn found(root: &Path) -> BTreeSet<String> {
        let mut folders = vec![PathBuf::new()];
        let mut found = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root.join(&folder)).unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                let path = folder.join(&name);
                let is_left_out = name.ends_with(".egg-info") || name.ends_with("_test.go");
                if is_left_out || LEFT_OUT.contains(&name.as_str()) {
                    continue;
                } else if entry.file_type().unwrap().is_dir() {
                    folders.push(path);
                } else {
                    found.insert(path.to_str().unwrap().to_owned());
                }
            }
        }
        found
    }

    #[test]
    fn a_copied_sdk_has_every_file_of_the_sdk() {
        let languages = [
            Language::Rust,
            Language::Typescript,
            Language::Python,
            Language::C,
            Language::Go,
        ];
        for language in languages {
            let folder = language.sdk_place().folder;
            let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(folder);
            let copied = files(language).into_iter();
            let copied: BTreeSet<_> = copied.map(|(path, _)| path.to_owned()).collect();
            assert_eq!(found(&root), copied, "{folder}");
        }
    }
}
