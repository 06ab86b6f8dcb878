//! Code generated from the contract in `wit/`, and nothing else.

wasmtime::component::bindgen!({
    path: "../../wit",
    inline: "
        package tasker:host;

        /// All that components may export.
        world component {
            include tasker:step/step-handler@1.1.0;
            include tasker:step/subscriber-component@1.1.0;
        }
    ",
    world: "tasker:host/component",
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
