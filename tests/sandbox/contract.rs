//! The contract may grow: what was built against 1.1.0 runs on a later 1.x.

use super::guests;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, LinkerInstance, ResourceType, Val};
use wasmtime::{Config, Engine, Store};

/// A linker whose `tasker:step` is version 1.2.0: each function that the guest imports, and one more
/// an interface. All of them trap.
fn later_host(engine: &Engine, component: &Component) -> Linker<()> {
    let mut linker = Linker::new(engine);
    for (import, item) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(imported) = item.ty else {
            panic!("{import} is an instance")
        };
        let contract = import
            .strip_suffix("@1.1.0")
            .map(|interface| format!("{interface}@1.2.0"));
        let mut interface = linker
            .instance(contract.as_deref().unwrap_or(import))
            .unwrap();
        for (name, item) in imported.exports(engine) {
            define(&mut interface, name, item.ty);
        }
        if contract.is_some() {
            interface
                .func_wrap("added-in-a-later-version", |_, ()| Ok(()))
                .unwrap();
        }
    }
    linker
}

fn define(interface: &mut LinkerInstance<'_, ()>, name: &str, item: ComponentItem) {
    match item {
        ComponentItem::ComponentFunc(_) => {
            interface.func_new(name, |_, _, _, _| wasmtime::bail!("not called here"))
        }
        ComponentItem::Resource(_) => {
            interface.resource(name, ResourceType::host::<()>(), |_, _| Ok(()))
        }
        _ => Ok(()),
    }
    .unwrap();
}

#[test]
fn a_guest_built_against_1_1_0_runs_on_a_host_with_more_functions() {
    let engine = Engine::new(Config::new().concurrency_support(false)).unwrap();
    let component = Component::from_binary(&engine, guests::misbehaving()).unwrap();
    let linker = later_host(&engine, &component);
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &component).unwrap();
    // A host of 1.2.0 looks for the handler by its own version.
    let handler = instance
        .get_export_index(&mut store, None, "tasker:step/handler@1.2.0")
        .unwrap();
    let execute = instance
        .get_export_index(&mut store, Some(&handler), "execute")
        .unwrap();
    let execute = instance.get_func(&mut store, execute).unwrap();
    let mut answer = [Val::Bool(false)];
    let arguments = [Val::String("echo".into()), Val::String("[1]".into())];
    execute.call(&mut store, &arguments, &mut answer).unwrap();
    let complete = Val::Variant("complete".into(), Some(Box::new(Val::String("[1]".into()))));
    assert_eq!(answer[0], Val::Result(Ok(Some(Box::new(complete)))));
}
