//! Code generated from the contract in `wit/`, and nothing else.

wasmtime::component::bindgen!({
    path: "../wit",
    world: "step-handler",
    imports: {
        "tasker:step/context.dependency": async | trappable,
        "tasker:step/secrets.get": async | trappable,
        "tasker:step/secrets.reveal": async | trappable,
    },
    exports: { default: async },
});
