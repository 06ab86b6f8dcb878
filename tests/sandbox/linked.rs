//! Libraries that components are linked with are compiled once for all of them.

use super::attempt::attempt;
use super::guests;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tasker_domain::digest::Digest;
use tasker_domain::outcome::Outcome;
use tasker_sandbox::{Compiler, Executed, HostServices, Sandbox, SandboxConfig, SandboxError};
use wasm_encoder::{
    Component, ComponentExportKind, ComponentExportSection, ComponentImportSection,
    ComponentSectionId, ComponentTypeRef, CoreTypeSection, Encode as _, InstanceSection, ModuleArg,
    ModuleSection, ModuleType,
};
use wasmparser::{Instance, Parser, Payload};

/// Bytes that make a library large enough to be compiled by itself.
pub const LARGE: usize = 100 << 10;
/// Sees the memory of the program that it is linked with.
pub const SEES_MEMORY: &str = "i32.eqz (memory.size)";
const SEES_NO_MEMORY: &str = "memory.size";

/// A library that ends with a trap if this holds as it starts.
pub fn library(traps_if: &str, size: usize) -> Vec<u8> {
    wat::parse_str(format!("(module {})", fields(traps_if, size))).unwrap()
}

pub fn fields(traps_if: &str, size: usize) -> String {
    format!(
        r#"(import "program" "memory" (memory 0))
           (import "program" "cabi_realloc" (func (param i32 i32 i32 i32) (result i32)))
           (global $calls (export "calls") (mut i32) (i32.const 0))
           (func $starts_library ({traps_if}) (if (then unreachable)))
           (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
           (start $starts_library)
           (data "{}")"#,
        "x".repeat(size)
    )
}

/// A component that is linked with a library and has no handler.
pub fn without_handler(library: &str) -> Vec<u8> {
    wat::parse_str(format!(
        r#"(component
             (core module $program
               (memory (export "memory") 1)
               (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 0))
             (core module $library {library})
             (core instance $program (instantiate $program))
             (core instance (instantiate $library (with "program" (instance $program)))))"#
    ))
    .unwrap()
}

/// The small guest, linked with a library so many times.
pub fn linked(library: &[u8], times: usize) -> Vec<u8> {
    linked_behind(
        guests::undescribed(),
        modules(guests::undescribed()),
        library,
        times,
    )
}

/// The same for a component that begins with the small guest and has so many modules.
fn linked_behind(component: &[u8], modules: u32, library: &[u8], times: usize) -> Vec<u8> {
    let mut linking = InstanceSection::new();
    for _ in 0..times {
        linking.instantiate(modules, [("program", ModuleArg::Instance(program()))]);
    }
    let mut bytes = component.to_vec();
    bytes.push(ComponentSectionId::CoreModule.into());
    library.encode(&mut bytes);
    let mut end = Component::new();
    end.section(&linking);
    behind(&bytes, &end)
}

/// The instance of the small guest's program, which is its first module.
fn program() -> u32 {
    let mut instances = 0;
    let mut program = None;
    at_root(guests::undescribed(), |payload| {
        if let Payload::InstanceSection(section) = payload {
            for instance in section {
                let instance = instance.unwrap();
                if matches!(
                    instance,
                    Instance::Instantiate {
                        module_index: 0,
                        ..
                    }
                ) {
                    program = Some(instances);
                }
                instances += 1;
            }
        }
    });
    program.unwrap()
}

fn modules(component: &[u8]) -> u32 {
    let mut modules = 0;
    at_root(component, |payload| {
        modules += u32::from(matches!(payload, Payload::ModuleSection { .. }));
    });
    modules
}

/// Looks at what is in the component itself, not in what it contains.
fn at_root(component: &[u8], mut look: impl FnMut(Payload<'_>)) {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.unwrap();
        let (is_at_root, begins) = (
            depth == 0,
            matches!(
                payload,
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. }
            ),
        );
        depth += usize::from(begins);
        depth -= usize::from(depth > 0 && matches!(payload, Payload::End(_)));
        if is_at_root {
            look(payload);
        }
    }
}

/// The sections of a component behind those of another one.
pub fn behind(component: &[u8], sections: &Component) -> Vec<u8> {
    [component, &sections.as_slice()[Component::HEADER.len()..]].concat()
}

pub fn open(dir: &Path) -> Sandbox {
    Sandbox::new(SandboxConfig {
        cache_dir: dir.to_owned(),
        max_concurrent: 4,
        compiler: Compiler::InProcess,
    })
    .unwrap()
}

/// Runs the component, and tells how often its bytes were asked for.
async fn run(sandbox: &Sandbox, bytes: &[u8]) -> (Executed, usize) {
    let asked = AtomicUsize::new(0);
    let load = async || {
        asked.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(bytes.to_vec())
    };
    let prepared = sandbox.prepare(Digest::of(bytes), load).await.unwrap();
    let invocation = attempt("echo").input("{\"paid\":7}").invocation();
    let executed = sandbox
        .execute(&prepared, invocation, HostServices::default())
        .await;
    (executed, asked.into_inner())
}

/// How often the bytes were asked for by a run that went well.
pub async fn loads(sandbox: &Sandbox, bytes: &[u8]) -> usize {
    let (executed, asked) = run(sandbox, bytes).await;
    assert!(
        matches!(&executed.outcome, Outcome::Completed(result) if result.contains("\"paid\":7")),
        "{:?}",
        executed.outcome
    );
    asked
}

/// The files of libraries, and what tells whether one was written anew.
pub fn libraries(dir: &Path) -> BTreeMap<PathBuf, u64> {
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    files
        .filter(|file| file.path().extension().is_some_and(|end| end == "library"))
        .map(|file| (file.path(), file.metadata().unwrap().ino()))
        .collect()
}

/// Why an upload is refused.
pub async fn refusal(sandbox: &Sandbox, bytes: Vec<u8>) -> String {
    match sandbox.inspect(bytes).await {
        Err(SandboxError::Refused(refusal)) => refusal.chain(),
        other => panic!("it is not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_component_runs_with_the_library_that_it_is_linked_with() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = linked(&library(SEES_MEMORY, LARGE), 1);
    let sandbox = open(dir.path());
    sandbox.inspect(bytes.clone()).await.unwrap();
    assert_eq!(loads(&sandbox, &bytes).await, 0);
    assert_eq!(libraries(dir.path()).len(), 1);
    assert_eq!(loads(&open(dir.path()), &bytes).await, 0);
}

#[tokio::test]
async fn what_a_library_does_wrong_is_reported_with_its_functions() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = linked(&library(SEES_NO_MEMORY, LARGE), 1);
    let (executed, _) = run(&open(dir.path()), &bytes).await;
    let failure = format!("{:?}", executed.outcome);
    assert!(failure.contains("starts_library"), "{failure}");
    assert_eq!(libraries(dir.path()).len(), 1);
}

#[tokio::test]
async fn a_library_of_several_components_is_compiled_and_kept_once() {
    let dir = tempfile::tempdir().unwrap();
    let first = linked(&library(SEES_MEMORY, LARGE), 1);
    let second = guests::noted(&first, "another version");
    let sandbox = open(dir.path());
    loads(&sandbox, &first).await;
    let before = libraries(dir.path());
    assert_eq!(loads(&sandbox, &second).await, 1);
    assert_eq!(libraries(dir.path()), before);
    // Another host has it from the file.
    let third = guests::noted(&first, "one more");
    assert_eq!(loads(&open(dir.path()), &third).await, 1);
    assert_eq!(libraries(dir.path()), before);
    assert_eq!(sandbox.kept_code().await.len(), 3);
}

#[tokio::test]
async fn small_libraries_and_those_that_are_instantiated_twice_stay_in_the_component() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = open(dir.path());
    loads(&sandbox, &linked(&library(SEES_MEMORY, 10), 1)).await;
    loads(&sandbox, &linked(&library(SEES_MEMORY, LARGE), 2)).await;
    assert_eq!(libraries(dir.path()).len(), 0);
    assert_eq!(sandbox.kept_code().await.len(), 2);
}

#[tokio::test]
async fn a_component_cannot_ask_the_host_for_a_module() {
    let mut types = CoreTypeSection::new();
    types.ty().module(&ModuleType::new());
    let mut imports = ComponentImportSection::new();
    imports.import("library0", ComponentTypeRef::Module(0));
    let mut asking = Component::new();
    asking.section(&types).section(&imports);
    let dir = tempfile::tempdir().unwrap();
    let refusal = refusal(&open(dir.path()), behind(guests::undescribed(), &asking)).await;
    assert!(refusal.contains("library0"), "{refusal}");
}

#[tokio::test]
async fn an_import_that_is_named_like_that_of_a_library_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = wat::parse_str(r#"(component (import "library9" (instance)))"#).unwrap();
    let refusal = refusal(&open(dir.path()), bytes).await;
    assert!(refusal.contains("library9"), "{refusal}");
}

#[tokio::test]
async fn a_section_that_ends_after_the_file_is_refused() {
    let mut instances = InstanceSection::new();
    instances.instantiate::<[_; 0], &str>(0, []);
    for (id, header) in [
        (ComponentSectionId::CoreModule, wasm_encoder::Module::HEADER),
        (ComponentSectionId::Component, Component::HEADER),
    ] {
        let mut component = Component::new();
        component.section(&instances);
        let mut bytes = component.finish();
        bytes.push(id.into());
        (1_usize << 20).encode(&mut bytes);
        bytes.extend(header);
        refusal(&open(tempfile::tempdir().unwrap().path()), bytes).await;
    }
}

#[tokio::test]
async fn a_library_behind_a_module_that_is_exported_is_not_taken_for_another() {
    let small = wasm_encoder::Module::new();
    let at = modules(guests::undescribed());
    let mut exports = ComponentExportSection::new();
    exports.export("small", ComponentExportKind::Module, at, None);
    // The export is one more module, whose index the library would have without it.
    let mut instances = InstanceSection::new();
    instances.instantiate::<[_; 0], &str>(at + 1, []);
    let mut sections = Component::new();
    sections
        .section(&ModuleSection(&small))
        .section(&exports)
        .section(&instances);
    let component = behind(guests::undescribed(), &sections);
    let bytes = linked_behind(&component, at + 2, &library(SEES_MEMORY, LARGE), 2);
    let dir = tempfile::tempdir().unwrap();
    loads(&open(dir.path()), &bytes).await;
    assert_eq!(libraries(dir.path()).len(), 0);
}
