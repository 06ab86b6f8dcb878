//! Code generated from the contract in `wit/`, and nothing else.

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "step-handler",
    imports: {
        "tasker:step/context.dependency": async | trappable,
        "tasker:step/events.send": trappable,
        "tasker:step/kv.compare-and-set": async | trappable,
        "tasker:step/kv.delete": async | trappable,
        "tasker:step/kv.get": async | trappable,
        "tasker:step/kv.list-keys": async | trappable,
        "tasker:step/kv.set": async | trappable,
        "tasker:step/secrets.get": async | trappable,
        "tasker:step/secrets.reveal": async | trappable,
    },
    exports: { default: async },
});
