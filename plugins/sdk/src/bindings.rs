//! What `wit-bindgen` makes of the contract in `wit/`; nothing else.

#![allow(missing_docs, reason = "the contract documents itself")]

wit_bindgen::generate!({
    path: "wit",
    world: "described-step-handler",
    pub_export_macro: true,
    default_bindings_module: "tasker_sdk::bindings",
});
