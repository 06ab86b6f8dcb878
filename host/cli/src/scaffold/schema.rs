//! The JSON Schemas that editors check a project's templates and cases by: those of a checkout, or files of the project.

use super::{File, Sdk};
use std::path::{Path, PathBuf};
use tasker_domain::template::template_schema;

/// Where a checkout has the SDKs.
const SDKS_IN_CHECKOUT: &str = "plugins";

/// A schema: what it is called in a project, and where a checkout has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    pub name: &'static str,
    pub in_checkout: &'static str,
}

/// The schema of templates.
pub const TEMPLATES: Schema = Schema {
    name: "template.schema.json",
    in_checkout: "host/docs/reference/template.schema.json",
};
/// The schema of cases.
pub const CASES: Schema = Schema {
    name: "cases.schema.json",
    in_checkout: "host/docs/reference/cases.schema.json",
};
/// A test holds the file equal to what the reader of cases knows.
const CASES_TEXT: &str = include_str!("../../../docs/reference/cases.schema.json");

impl Schema {
    /// Where it is, as a file names it that is so many folders below the one from which the SDK is named.
    pub fn place(self, sdk: &Sdk, depth: usize) -> PathBuf {
        let place = self.of_checkout(sdk).unwrap_or_else(|| self.name.into());
        below(depth, &place)
    }

    /// The same for a file of a project that is there; none where neither the project nor a checkout around it has the schema.
    pub fn found(self, project: &Path, depth: usize) -> Option<PathBuf> {
        if project.join(self.name).is_file() {
            return Some(below(depth, Path::new(self.name)));
        }
        let project = project.canonicalize().ok()?;
        let mut folders = project.ancestors();
        let levels = folders.position(|folder| folder.join(self.in_checkout).is_file())?;
        Some(below(depth + levels, Path::new(self.in_checkout)))
    }

    /// It as a file of the project; none where a checkout has it.
    pub fn file(self, sdk: &Sdk) -> Option<File> {
        if self.of_checkout(sdk).is_some() {
            return None;
        }
        let text = match self {
            CASES => CASES_TEXT.to_owned(),
            _ => format!("{:#}\n", template_schema()),
        };
        let path = self.name.into();
        Some(File { path, text })
    }

    fn of_checkout(self, sdk: &Sdk) -> Option<PathBuf> {
        match sdk {
            Sdk::Path(path) => {
                let sdks = path.parent().filter(|it| it.ends_with(SDKS_IN_CHECKOUT))?;
                Some(sdks.parent()?.join(self.in_checkout))
            }
            Sdk::Copied => None,
        }
    }
}

/// A path from a folder, as it is from one that is so many folders below. An absolute path stays one.
fn below(depth: usize, path: &Path) -> PathBuf {
    PathBuf::from("../".repeat(depth)).join(path)
}
