//! The JSON Schema that editors check a project's template by: that of the checkout, or a file beside the template.

use super::{File, Sdk};
use std::path::PathBuf;
use tasker_domain::template::template_schema;

/// Where a checkout has the SDKs.
const SDKS_IN_CHECKOUT: &str = "plugins";
/// Where a checkout has the schema.
pub const SCHEMA_IN_CHECKOUT: &str = "host/docs/reference/template.schema.json";
/// What the schema is called beside a template.
pub const SCHEMA: &str = "template.schema.json";

/// Where the schema is, as the template names it.
pub fn place(sdk: &Sdk) -> PathBuf {
    of_checkout(sdk).unwrap_or_else(|| SCHEMA.into())
}

/// The file beside the template; none where a checkout has the schema.
pub fn file(sdk: &Sdk) -> Option<File> {
    of_checkout(sdk).is_none().then(|| File {
        path: SCHEMA.into(),
        text: format!("{:#}\n", template_schema()),
    })
}

fn of_checkout(sdk: &Sdk) -> Option<PathBuf> {
    match sdk {
        Sdk::Path(path) => {
            let sdks = path.parent().filter(|it| it.ends_with(SDKS_IN_CHECKOUT))?;
            Some(sdks.parent()?.join(SCHEMA_IN_CHECKOUT))
        }
        Sdk::Copied => None,
    }
}
