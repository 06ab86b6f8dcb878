//! The page around a chapter.

use super::escaped::Escaped;
use super::render::{Rendered, Section};
use super::summary::{Chapter, Part, ROOT};
use std::fmt::Write as _;

/// Where a page is in the book.
pub(crate) struct Place<'b> {
    pub parts: &'b [Part],
    /// None: no chapter is at this address.
    pub chapter: Option<&'b Chapter>,
    /// The address of styles and scripts.
    pub assets: &'b str,
}

/// A whole page.
pub(crate) fn page(place: &Place<'_>, rendered: &Rendered) -> String {
    let mut html = head(place);
    html += &contents(place, &rendered.sections);
    html += "<main id=\"content\" tabindex=\"-1\"><article>";
    html += &rendered.html;
    html += "</article>";
    html += &neighbours(place);
    html += "</main></div></body></html>\n";
    html
}

/// What is shown where no chapter is.
pub(crate) fn missing() -> Rendered {
    Rendered {
        html: "<h1>There is no such page</h1><p>The contents list every chapter, and a search finds what is in them. \
               <a href=\"/docs/\">The introduction</a> is the first.</p>"
            .to_owned(),
        sections: Vec::new(),
    }
}

fn head(place: &Place<'_>) -> String {
    let title = place.chapter.map_or("No such page", |it| &it.title);
    let (title, assets) = (Escaped(title), place.assets);
    format!(
        "<!doctype html>\n<html lang=\"en\" data-theme=\"auto\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Tasker</title>\
         <link rel=\"icon\" href=\"{assets}/icon.svg\" type=\"image/svg+xml\">\
         <script src=\"{assets}/early.js\"></script>\
         <link rel=\"stylesheet\" href=\"{assets}/book.css\">\
         <script type=\"module\" src=\"{assets}/book.js\"></script></head><body>\
         <a class=\"skip\" href=\"#content\">Skip to the text</a>\
         <header><a class=\"brand\" href=\"{ROOT}\">Tasker</a>\
         <a class=\"open\" href=\"#contents\">Contents</a>\
         <search hidden><input id=\"query\" type=\"search\" aria-label=\"Search the documentation\" placeholder=\"Search\" \
         autocomplete=\"off\" spellcheck=\"false\"><div id=\"found\" hidden></div>\
         <p id=\"count\" class=\"unseen\" role=\"status\"></p></search></header><div class=\"columns\">"
    )
}

/// All chapters, and the headings of this one.
fn contents(place: &Place<'_>, sections: &[Section]) -> String {
    let mut html = "<nav id=\"contents\" aria-label=\"Contents\"><a class=\"close\" href=\"#content\">Close</a>".to_owned();
    for part in place.parts {
        if !part.title.is_empty() {
            let _ = write!(html, "<h2>{}</h2>", Escaped(&part.title));
        }
        html += "<ul>";
        for chapter in &part.chapters {
            html += &entry(chapter, place.chapter == Some(chapter), sections);
        }
        html += "</ul>";
    }
    html + "<ul><li><a href=\"/docs/api\">Every request of the API</a></li></ul></nav>"
}

fn entry(chapter: &Chapter, is_this: bool, sections: &[Section]) -> String {
    let (address, title) = (chapter.address(), Escaped(&chapter.title));
    if !is_this {
        return format!("<li><a href=\"{address}\">{title}</a></li>");
    }
    let mut html = format!("<li><a href=\"{address}\" aria-current=\"page\">{title}</a>");
    let mut inner = sections.iter().filter(|it| it.level == 2).peekable();
    if inner.peek().is_some() {
        html += "<ul>";
        for Section {
            anchor, heading, ..
        } in inner
        {
            let _ = write!(
                html,
                "<li><a href=\"#{anchor}\">{}</a></li>",
                Escaped(heading)
            );
        }
        html += "</ul>";
    }
    html + "</li>"
}

/// The chapters before and behind this one.
fn neighbours(place: &Place<'_>) -> String {
    let all: Vec<&Chapter> = place.parts.iter().flat_map(|it| &it.chapters).collect();
    let at = all.iter().position(|it| Some(*it) == place.chapter);
    let Some(at) = at else {
        return String::new();
    };
    let before = at.checked_sub(1).and_then(|at| all.get(at));
    let mut html = "<nav class=\"neighbours\" aria-label=\"Neighbouring chapters\">".to_owned();
    for (chapter, rel, word) in [
        (before, "prev", "Previous"),
        (all.get(at + 1), "next", "Next"),
    ] {
        if let Some(chapter) = chapter {
            let (address, title) = (chapter.address(), Escaped(&chapter.title));
            let _ = write!(
                html,
                "<a class=\"{rel}\" rel=\"{rel}\" href=\"{address}\"><span>{word}</span> {title}</a>"
            );
        }
    }
    html + "</nav>"
}
