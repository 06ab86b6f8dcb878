//! The layout of a component in an OCI registry, as the CNCF defines it for Wasm.

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use oci_client::client::{Config, ImageLayer};
use serde::Serialize;
use tasker_compat::exports::interfaces;
use tasker_domain::digest::Digest;

pub const CONFIG_MEDIA_TYPE: &str = "application/vnd.wasm.config.v0+json";
pub const LAYER_MEDIA_TYPE: &str = "application/wasm";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WasmConfig {
    created: DateTime<Utc>,
    author: Option<String>,
    architecture: &'static str,
    os: &'static str,
    layer_digests: [String; 1],
    component: ComponentConfig,
}

#[derive(Serialize)]
struct ComponentConfig {
    exports: Vec<String>,
    imports: Vec<String>,
    target: Option<String>,
}

/// The config and the one layer of an artifact. They depend on the arguments alone.
pub fn artifact(bytes: Vec<u8>, created: DateTime<Utc>) -> anyhow::Result<(Config, ImageLayer)> {
    let interfaces = interfaces(&bytes).map_err(|error| anyhow!("no WIT component: {error}"))?;
    let config = WasmConfig {
        created,
        author: None,
        architecture: "wasm",
        os: "wasip2",
        layer_digests: [format!("sha256:{}", Digest::of(&bytes))],
        component: ComponentConfig {
            exports: interfaces.exports,
            imports: interfaces.imports,
            target: None,
        },
    };
    let config = Config::new(
        serde_json::to_vec(&config)?,
        CONFIG_MEDIA_TYPE.to_owned(),
        None,
    );
    let layer = ImageLayer::new(bytes, LAYER_MEDIA_TYPE.to_owned(), None);
    Ok((config, layer))
}
