//! The project as it is on disk: its template and its input, read anew at each turn.

use super::DevOptions;
use super::sources::Watched;
use crate::template::check;
use crate::{Problem, Result, input, refuse};
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};
use tasker_domain::template::Template;

/// What `tasker new handler` calls the template.
const TEMPLATE: &str = "template.yaml";
/// Where `tasker new project` has templates: below this folder, in this folder of a namespace.
const SYNC: &str = "sync";
const TEMPLATES: &str = "templates";
/// What `tasker new` calls the input to try it with.
const INPUT: &str = "input.json";

/// Where the parts of a project are.
pub struct Project {
    dir: PathBuf,
    /// `None`: nothing is run.
    template: Option<PathBuf>,
    /// JSON text, or `@` and a file.
    input: Option<String>,
}

/// A template as its author wrote it.
pub struct Definition {
    pub file: PathBuf,
    pub template: Template,
}

impl Project {
    /// The project in the folder, which has to be there.
    pub fn new(options: &DevOptions) -> Result<Self> {
        let dir = options.dir.canonicalize();
        let dir = dir.map_err(|error| Problem::of_file(&options.dir, error))?;
        let named = options.template.clone();
        Ok(Self {
            template: named.or_else(|| template_in(&dir)),
            input: options.input.clone(),
            dir,
        })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What is watched: its folder and others that were named, and files outside of them.
    pub fn watched(&self, others: &[PathBuf]) -> Result<Watched> {
        let mut watched = Watched {
            folders: vec![self.dir.clone()],
            files: Vec::new(),
        };
        for folder in others {
            let found = folder.canonicalize();
            let found = found.map_err(|error| Problem::of_file(folder, error))?;
            if !found.is_dir() {
                let what = format!("{} is not a folder", folder.display());
                return refuse(what, "name the folder that it is in");
            }
            watched.folders.push(found);
        }
        for file in self.files() {
            let found = file.canonicalize();
            let found = found.map_err(|error| Problem::of_file(&file, error))?;
            watched.files.push(found);
        }
        Ok(watched)
    }

    /// True for a file from which nothing is built.
    pub fn is_only_run(&self, path: &Path) -> bool {
        let path = self.dir.join(path);
        let is_it = |file: &PathBuf| file.canonicalize().is_ok_and(|file| file == path);
        self.files().iter().any(is_it)
    }

    fn files(&self) -> Vec<PathBuf> {
        let input = self.input.as_deref().and_then(|it| it.strip_prefix('@'));
        let input = match (&self.input, input) {
            (None, _) => Some(self.dir.join(INPUT)).filter(|file| file.is_file()),
            (Some(_), file) => file.filter(|file| *file != "-").map(PathBuf::from),
        };
        self.template.iter().cloned().chain(input).collect()
    }

    /// The template, where there is one. Its mistakes are told with their lines.
    pub fn definition(&self) -> Result<Option<Definition>> {
        // One that was not there at the start may have come.
        let file = self
            .template
            .clone()
            .unwrap_or_else(|| self.dir.join(TEMPLATE));
        if self.template.is_none() && !file.is_file() {
            return Ok(None);
        }
        let file = shown(&file);
        let source = input::read_text(&file)?;
        let template = check::parse(&file, &source)?;
        Ok(Some(Definition { file, template }))
    }

    /// The input of a task.
    pub fn input(&self) -> Result<Box<RawValue>> {
        let file = self.dir.join(INPUT);
        match &self.input {
            Some(given) => input::read_json("--input", given),
            None if file.is_file() => {
                input::read_json("input", &format!("@{}", shown(&file).display()))
            }
            None => input::read_json("input", "{}"),
        }
    }
}

/// The template of the project in a folder, unless there are several.
fn template_in(dir: &Path) -> Option<PathBuf> {
    let own = dir.join(TEMPLATE);
    if own.is_file() {
        return Some(own);
    }
    let listed = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let namespaces = listed(&dir.join(SYNC)).into_iter();
    let mut files = namespaces.flat_map(|namespace| listed(&namespace.join(TEMPLATES)));
    let first = files.find(|file| input::is_yaml(file))?;
    let is_only = !files.any(|file| input::is_yaml(&file));
    is_only.then_some(first)
}

/// The way from the current folder, where it leads down.
fn shown(path: &Path) -> PathBuf {
    let current = std::env::current_dir().and_then(|dir| dir.canonicalize());
    let below = current
        .ok()
        .and_then(|dir| Some(path.strip_prefix(dir).ok()?.to_owned()));
    below.unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_that_of_the_folder_or_the_only_one_of_the_project() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(template_in(dir.path()), None);
        let templates = dir.path().join("sync/demo/templates");
        std::fs::create_dir_all(&templates).unwrap();
        let quote = templates.join("quote.yaml");
        for file in [&quote, &templates.join("README.md")] {
            std::fs::write(file, "").unwrap();
        }
        assert_eq!(template_in(dir.path()), Some(quote));
        std::fs::write(templates.join("other.yaml"), "").unwrap();
        assert_eq!(template_in(dir.path()), None);
        let own = dir.path().join(TEMPLATE);
        std::fs::write(&own, "").unwrap();
        assert_eq!(template_in(dir.path()), Some(own));
    }
}
