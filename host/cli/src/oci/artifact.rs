//! The layout of a component in an OCI registry, as the CNCF defines it for Wasm.

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use oci_client::client::{Config, ImageLayer};
use serde_json::json;
use tasker_compat::exports::interfaces;
use tasker_domain::digest::Digest;

pub const CONFIG_MEDIA_TYPE: &str = "application/vnd.wasm.config.v0+json";
pub const LAYER_MEDIA_TYPE: &str = "application/wasm";

/// The config and the one layer of an artifact. They depend on the arguments alone.
pub fn artifact(bytes: Vec<u8>, created: DateTime<Utc>) -> anyhow::Result<(Config, ImageLayer)> {
    let interfaces = interfaces(&bytes).map_err(|error| anyhow!("no WIT component: {error}"))?;
    let config = json!({
        "created": created,
        "author": null,
        "architecture": "wasm",
        "os": "wasip2",
        "layerDigests": [format!("sha256:{}", Digest::of(&bytes))],
        "component": {
            "exports": interfaces.exports, "imports": interfaces.imports, "target": null,
        },
    });
    let config = Config::new(config.to_string(), CONFIG_MEDIA_TYPE.to_owned(), None);
    let layer = ImageLayer::new(bytes, LAYER_MEDIA_TYPE.to_owned(), None);
    Ok((config, layer))
}
