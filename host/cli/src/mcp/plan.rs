//! Tools that plan what is in a file and not published.

use super::file;
use crate::component::publish::{Upload, planning};
use crate::signing::signatures_beside;
use crate::template::check::parse;
use crate::{Context, Reference, Result};
use semver::Version;
use serde::Deserialize;
use serde_json::json;
use std::path::PathBuf;
use tasker_domain::name::Name;
use tasker_mcp::LocalTool;
use tasker_wire::template::PlanTemplate;

pub const COMPONENT: &str = "planComponentFile";
pub const TEMPLATE: &str = "planTemplateFile";

const COMPONENT_DESCRIPTION: &str = "\
What publishing a component of this machine would change.

The host is sent the file, and stores nothing. The answer is that of planComponent: the compatibility with the version before \
and the lowest number that it allows, capabilities that have to be approved, the template steps and pins that would use it, and \
what keeps it from being published. Signatures in a .sig file beside it are sent too. Needs `read` in the namespace.";

const TEMPLATE_DESCRIPTION: &str = "\
What publishing a template of this machine would change.

The host is sent the file, and stores nothing; its namespace, name and version are those in it. The answer is that of \
planTemplate: the compatibility with the version before and the lowest number that it allows, which version each step would \
run, and what is missing. Needs `read` in the namespace.";

/// What a plan of a component takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentFile {
    file: PathBuf,
    namespace: Name,
    name: Name,
    version: Version,
}

/// What a plan of a template takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateFile {
    file: PathBuf,
}

/// As it is offered.
pub fn component_tool() -> LocalTool {
    let arguments = json!({
        "type": "object",
        "properties": {
            "file": {"type": "string", "description": "The path of the component, such as /src/shop/target/charge.wasm."},
            "namespace": {"type": "string", "description": "The namespace."},
            "name": {"type": "string", "description": "What it would be called."},
            "version": {"type": "string", "description": "The version that it would have, such as 1.4.0."},
        },
        "required": ["file", "namespace", "name", "version"],
        "additionalProperties": false,
    });
    LocalTool {
        name: COMPONENT,
        description: COMPONENT_DESCRIPTION,
        arguments,
    }
}

/// As it is offered.
pub fn template_tool() -> LocalTool {
    let arguments = json!({
        "type": "object",
        "properties": {
            "file": {"type": "string", "description": "The path of the template, such as /src/shop/templates/fulfil.yaml."},
        },
        "required": ["file"],
        "additionalProperties": false,
    });
    LocalTool {
        name: TEMPLATE,
        description: TEMPLATE_DESCRIPTION,
        arguments,
    }
}

/// The plan of a component, as the host answers it.
pub async fn component(of: ComponentFile, context: &Context) -> Result<String> {
    let bytes = file::component(&of.file)?;
    let signatures = signatures_beside(&of.file)?;
    let upload = Upload {
        release: Reference::family_of(&of.namespace, &of.name).at(of.version),
        bytes,
        signatures,
    };
    Ok(planning(upload, context).text().await?)
}

/// The plan of a template, as the host answers it.
pub async fn template(of: TemplateFile, context: &Context) -> Result<String> {
    let source = file::template(&of.file)?;
    let is = parse(&of.file, &source)?;
    let endpoint = PlanTemplate::at(is.namespace, is.name, is.version.to_string());
    Ok(context.call(endpoint).media(source).text().await?)
}
