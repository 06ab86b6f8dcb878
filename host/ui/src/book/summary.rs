//! The order of the chapters, as `SUMMARY.md` has it for mdBook.

use std::path::{Component, Path};

/// Where the book is served.
pub(crate) const ROOT: &str = "/docs/";

/// The chapters of one part, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Empty for the chapters before the first part.
    pub title: String,
    pub chapters: Vec<Chapter>,
}

/// One chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chapter {
    pub title: String,
    /// Its file, from the folder of the book.
    pub file: String,
}

impl Chapter {
    /// Where it is served, behind [`ROOT`]: `reference/cli`, and nothing for the introduction.
    pub fn slug(&self) -> &str {
        slug(&self.file)
    }

    pub fn address(&self) -> String {
        format!("{ROOT}{}", self.slug())
    }
}

/// Where a file of Markdown is served, behind [`ROOT`].
pub(crate) fn slug(file: &str) -> &str {
    match file {
        "README.md" => "",
        file => file.strip_suffix(".md").unwrap_or(file),
    }
}

/// The parts that a summary lists.
pub(crate) fn parts(summary: &str) -> Vec<Part> {
    let mut parts = vec![Part {
        title: String::new(),
        chapters: Vec::new(),
    }];
    // The first heading is that of the summary itself.
    for line in summary
        .lines()
        .skip_while(|it| !it.starts_with("# "))
        .skip(1)
    {
        if let Some(title) = line.strip_prefix("# ") {
            let (title, chapters) = (title.trim().to_owned(), Vec::new());
            parts.push(Part { title, chapters });
        } else if let (Some(chapter), Some(part)) = (chapter(line), parts.last_mut()) {
            part.chapters.push(chapter);
        }
    }
    parts.retain(|part| !part.chapters.is_empty());
    parts
}

fn chapter(line: &str) -> Option<Chapter> {
    let (title, rest) = line.trim().trim_start_matches("- ").split_once("](")?;
    Some(Chapter {
        title: title.strip_prefix('[')?.to_owned(),
        file: rest.strip_suffix(')')?.to_owned(),
    })
}

/// The file that a relative link of another file leads to: below the folder of the book without `..`, else below the
/// repository with `host` and its like before it. None where it leads out of the repository.
pub(crate) fn linked(from: &str, target: &str) -> Option<Linked> {
    let mut path: Vec<&str> = vec!["host", "docs"];
    let folder = Path::new(from).parent()?.components();
    for component in folder.chain(Path::new(target).components()) {
        match component {
            Component::Normal(name) => path.push(name.to_str()?),
            Component::ParentDir => {
                path.pop()?;
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    match path.as_slice() {
        ["host", "docs", within @ ..] => Some(Linked::Within(within.join("/"))),
        path => Some(Linked::Outside(path.join("/"))),
    }
}

/// A file that a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Linked {
    /// Of the book.
    Within(String),
    /// Another of the repository.
    Outside(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_chapters_are_read_in_their_order() {
        let read = parts(
            "# Summary\n\n[Introduction](README.md)\n\n# Learn\n\n- [Start](start.md)\n  - [More](a/more.md)\n\n# Empty\n",
        );
        let names: Vec<_> = read.iter().map(|part| part.title.as_str()).collect();
        assert_eq!(names, ["", "Learn"]);
        assert_eq!(read[0].chapters[0].address(), "/docs/");
        assert_eq!(read[1].chapters[1].address(), "/docs/a/more");
        assert_eq!(read[1].chapters[0].title, "Start");
    }

    #[test]
    fn a_relative_link_leads_to_a_file_of_the_book_or_of_the_repository() {
        let within = |path: &str| Some(Linked::Within(path.to_owned()));
        assert_eq!(linked("api.md", "events.md"), within("events.md"));
        assert_eq!(linked("reference/cli.md", "../api.md"), within("api.md"));
        assert_eq!(
            linked("api.md", "./reference/cli.md"),
            within("reference/cli.md")
        );
        let outside = linked("reference/cli.md", "../../../wit/README.md");
        assert_eq!(outside, Some(Linked::Outside("wit/README.md".to_owned())));
        assert_eq!(linked("api.md", "../../../../etc/passwd"), None);
    }
}
