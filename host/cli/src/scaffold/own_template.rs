//! A template for the handlers of a project that is there, and its cases.

use super::shape::{SAMPLE_HANDLERS, Shape, ShapeStep};
use super::{CASES, File, TEMPLATES};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tasker_domain::name::Name;

/// How the first line of a file names its schema.
const SCHEMA_LINE: &str = "# yaml-language-server: $schema=";
/// How long a step takes in the cases.
const SECONDS: usize = 1;

/// What is written for a template.
pub struct NewTemplateFiles<'a> {
    pub namespace: &'a Name,
    pub name: &'a Name,
    pub shape: Shape,
    /// The component whose handlers it runs.
    pub component: (&'a Name, &'a Name),
    /// Which versions of it, such as `^0.1`.
    pub requirement: &'a str,
    /// At least one, in the order of the steps.
    pub handlers: &'a [String],
    pub schemas: SchemaPlaces,
    /// The folder of the template, from that of the project.
    pub folder: &'a Path,
}

/// Where the schemas are, as the files name them; none where there are none.
pub struct SchemaPlaces {
    pub template: Option<PathBuf>,
    pub cases: Option<PathBuf>,
}

impl SchemaPlaces {
    /// Those of a project, for a template in this folder of it.
    pub fn of(project: &Path, folder: &Path) -> Self {
        Self {
            template: TEMPLATES.found(project, folder.components().count()),
            cases: CASES.found(project, 1),
        }
    }
}

impl NewTemplateFiles<'_> {
    /// The template and its cases. Steps of the sample handlers are configured; of other handlers nothing is known but their
    /// names, and the cases say what they return.
    pub fn files(&self) -> [File; 2] {
        let has = |sample: &&str| self.handlers.iter().any(|it| it == sample);
        let is_sample = SAMPLE_HANDLERS.iter().all(has);
        let (template, cases) = match is_sample {
            true => (
                self.shape.template().to_owned(),
                self.shape.cases().to_owned(),
            ),
            false => {
                let steps = self.shape.steps(self.handlers);
                (template(&steps), self.cases(&steps))
            }
        };
        let [template_path, cases_path] = self.paths();
        let (template, cases) = (self.filled_in(&template), self.filled_in(&cases));
        [
            File {
                path: template_path,
                text: with_schema(&template, self.schemas.template.as_deref()),
            },
            File {
                path: cases_path,
                text: with_schema(&cases, self.schemas.cases.as_deref()),
            },
        ]
    }

    /// Where they go.
    pub fn paths(&self) -> [PathBuf; 2] {
        let file = format!("{}.yaml", self.name);
        [self.folder.join(&file), Path::new("tests").join(file)]
    }

    fn filled_in(&self, text: &str) -> String {
        let (namespace, component) = self.component;
        let component = match namespace == self.namespace {
            true => component.to_string(),
            false => format!("{namespace}/{component}"),
        };
        let [template_path, _] = self.paths();
        text.replace("{{template_path}}", &template_path.to_string_lossy())
            .replace("{{namespace}}", self.namespace.as_str())
            .replace("{{template}}", self.name.as_str())
            .replace("{{name}}", &component)
            .replace("{{requirement}}", self.requirement)
    }

    fn cases(&self, steps: &[ShapeStep]) -> String {
        let mut text = "\ntemplate: {{template_path}}\n\ncases:\n".to_owned();
        let elapsed = self.shape.depth(steps.len()) * SECONDS;
        let takes = format!("takes: {SECONDS}s");
        text.push_str("  - name: all steps complete\n    input: {}\n    steps:\n");
        for step in steps {
            _ = writeln!(text, "      {}: {{result: {{}}, {takes}}}", step.name);
        }
        _ = writeln!(text, "    expect:\n      elapsed: {elapsed}s\n      steps:");
        for step in steps {
            _ = writeln!(text, "        {}: complete", step.name);
        }
        text
    }
}

fn template(steps: &[ShapeStep]) -> String {
    let mut text = "
namespace: {{namespace}}
name: {{template}}
version: 0.1.0

defaults:
  retry: {max_attempts: 3, backoff: exponential, base: 1s, max: 1m}
  timeout: 10s

steps:"
        .to_owned();
    for step in steps {
        let ShapeStep { name, handler, .. } = step;
        _ = write!(
            text,
            "\n  - name: {name}\n    handler: {{{{name}}}}/{handler}@{{{{requirement}}}}\n"
        );
        if !step.depends_on.is_empty() {
            _ = writeln!(text, "    depends_on: [{}]", step.depends_on.join(", "));
        }
    }
    text
}

/// The text with the schema in its first line, or without that line.
fn with_schema(text: &str, schema: Option<&Path>) -> String {
    let (_, rest) = text.split_once('\n').unwrap_or_default();
    match schema {
        Some(schema) => format!("{SCHEMA_LINE}{}\n{rest}", schema.display()),
        None => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;
    use tasker_domain::template::Template;

    fn files(shape: Shape, handlers: &[&str], schema: Option<&str>) -> [File; 2] {
        let name = |text: &str| text.parse::<Name>().unwrap();
        let (namespace, template, component) = (name("orders"), name("fulfil"), name("charge"));
        let handlers: Vec<String> = handlers.iter().map(|it| (*it).to_owned()).collect();
        let files = NewTemplateFiles {
            namespace: &namespace,
            name: &template,
            shape,
            component: (&namespace, &component),
            requirement: "^1.4",
            handlers: &handlers,
            schemas: SchemaPlaces {
                template: schema.map(PathBuf::from),
                cases: schema.map(PathBuf::from),
            },
            folder: Path::new("sync/orders/templates"),
        };
        files.files()
    }

    #[test]
    fn a_template_of_own_handlers_is_valid_and_its_cases_name_it() {
        for shape in Shape::value_variants() {
            let [template, cases] = files(*shape, &["reserve", "charge"], None);
            assert_eq!(
                template.path,
                Path::new("sync/orders/templates/fulfil.yaml")
            );
            assert_eq!(cases.path, Path::new("tests/fulfil.yaml"));
            let parsed = Template::parse(&template.text).unwrap();
            assert_eq!(parsed.name.as_str(), "fulfil");
            let handler = &parsed.steps[0].handler;
            assert_eq!(handler.to_string(), "charge/reserve@^1.4");
            let line = "template: sync/orders/templates/fulfil.yaml\n";
            assert!(cases.text.starts_with(line), "{}", cases.text);
        }
    }

    #[test]
    fn the_sample_handlers_have_their_own_templates() {
        let schema = Some("../template.schema.json");
        let [template, cases] = files(Shape::Diamond, &SAMPLE_HANDLERS, schema);
        let parsed = Template::parse(&template.text).unwrap();
        assert_eq!(parsed.steps.len(), 4);
        let first = template.text.lines().next();
        assert_eq!(
            first,
            Some("# yaml-language-server: $schema=../template.schema.json")
        );
        assert!(!template.text.contains("{{") && !cases.text.contains("{{"));
    }
}
