//! How schemas of types are made, wherever they are needed.

use schemars::generate::SchemaSettings;

/// Where schemas that others refer to are.
pub(crate) const PLACE: &str = "#/components/schemas/";

/// As the document of the API has schemas.
pub(crate) fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    })
}
