//! A chapter as HTML, with its headings and with what a search finds.

use super::escaped::Escaped;
use super::summary::{Linked, ROOT, linked, slug};
use pulldown_cmark::{
    Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html,
};
use std::collections::HashMap;

/// Links to files of the repository that hosts serve elsewhere.
const SERVED_ELSEWHERE: [(&str, &str); 1] = [("host/openapi.json", "/docs/api")];

/// What is made of the Markdown of a chapter.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub html: String,
    /// In the order of the text; the first begins the chapter.
    pub sections: Vec<Section>,
}

/// What stands below one heading.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub level: usize,
    pub heading: String,
    /// The id of the heading.
    pub anchor: String,
    /// What is below it, without markup.
    pub text: String,
}

/// Renders a file. `is_served` says which files of the book there are.
pub(crate) fn render(file: &str, markdown: &str, is_served: &dyn Fn(&str) -> bool) -> Rendered {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    let mut renderer = Renderer {
        file,
        is_served,
        anchors: HashMap::new(),
        link_ends: Vec::new(),
        is_in_heading: false,
        rendered: Rendered::default(),
    };
    let events = renderer.events(events);
    html::push_html(&mut renderer.rendered.html, events.into_iter());
    renderer.rendered
}

struct Renderer<'f> {
    file: &'f str,
    is_served: &'f dyn Fn(&str) -> bool,
    /// How often each id was given.
    anchors: HashMap<String, usize>,
    /// What the links and images that are open end with; none: with what Markdown has.
    link_ends: Vec<Option<&'static str>>,
    is_in_heading: bool,
    rendered: Rendered,
}

impl<'f> Renderer<'f> {
    fn events<'e>(&mut self, events: Vec<Event<'e>>) -> Vec<Event<'e>> {
        let headings = headings(&events);
        let mut headings = headings.into_iter();
        let mut changed = Vec::with_capacity(events.len() + 64);
        for event in events {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    let text = headings.next().unwrap_or_default();
                    changed.push(self.heading(level, text));
                }
                Event::End(TagEnd::Heading(level)) => {
                    self.is_in_heading = false;
                    changed.push(markup("</a>"));
                    changed.push(Event::End(TagEnd::Heading(level)));
                }
                Event::Start(Tag::CodeBlock(kind)) => changed.push(markup(code_start(&kind))),
                Event::End(TagEnd::CodeBlock) => changed.push(markup("</code></pre></div>\n")),
                Event::Start(Tag::Table(columns)) => {
                    changed.push(markup(
                        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">",
                    ));
                    // Alignment would be a style within the page, which its policy does not admit.
                    let columns = columns.iter().map(|_| Alignment::None);
                    changed.push(Event::Start(Tag::Table(columns.collect())));
                }
                Event::End(TagEnd::Table) => {
                    changed.push(Event::End(TagEnd::Table));
                    changed.push(markup("</div>\n"));
                }
                Event::Start(Tag::Link { .. } | Tag::Image { .. }) => {
                    changed.push(self.link(event));
                }
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    changed.push(self.link_ends.pop().flatten().map_or(event, markup));
                }
                // Comments of those who make parts of a chapter.
                Event::Html(text) | Event::InlineHtml(text) if is_comment(&text) => {}
                // A chapter has no markup of its own.
                Event::Html(text) | Event::InlineHtml(text) => changed.push(Event::Text(text)),
                other => {
                    self.note(&other);
                    changed.push(other);
                }
            }
        }
        changed
    }

    /// Begins a section.
    fn heading<'e>(&mut self, level: HeadingLevel, heading: String) -> Event<'e> {
        self.is_in_heading = true;
        let anchor = self.anchor(&heading);
        let (level, number) = (level.to_string(), level as usize);
        let start = format!("<{level} id=\"{anchor}\"><a class=\"self\" href=\"#{anchor}\">");
        self.rendered.sections.push(Section {
            level: number,
            heading,
            anchor,
            text: String::new(),
        });
        markup(start)
    }

    /// As GitHub makes it of a heading; of those that are equal, the later ones have numbers.
    fn anchor(&mut self, heading: &str) -> String {
        let lower = heading.trim().to_lowercase().replace(' ', "-");
        let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let anchor: String = lower.chars().filter(is_kept).collect();
        let count = self.anchors.entry(anchor.clone()).or_default();
        *count += 1;
        match *count {
            1 => anchor,
            nth => format!("{anchor}-{}", nth - 1),
        }
    }

    /// The start of a link or an image. What leads to a file that is not served is no link.
    fn link<'e>(&mut self, start: Event<'e>) -> Event<'e> {
        let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = &start else {
            return start;
        };
        let is_image = matches!(start, Event::Start(Tag::Image { .. }));
        let target = self.target(dest_url);
        let (end, start) = match (target, is_image) {
            (Target::Address(address), false) => {
                let rel = if address.contains("://") {
                    " rel=\"noreferrer\""
                } else {
                    ""
                };
                let start = format!("<a href=\"{}\"{rel}>", Escaped(&address));
                (Some("</a>"), markup(start))
            }
            (Target::Address(address), true) => (None, at(start, address)),
            (Target::File(path), _) => {
                let start = format!(
                    "<span class=\"file\" title=\"{} of the repository\">",
                    Escaped(&path)
                );
                (Some("</span>"), markup(start))
            }
        };
        self.link_ends.push(end);
        start
    }

    fn target(&self, target: &str) -> Target {
        if target.contains("://") || target.starts_with('#') {
            return Target::Address(target.to_owned());
        }
        let (file, heading) = match target.split_once('#') {
            Some((file, heading)) => (file, format!("#{heading}")),
            None => (target, String::new()),
        };
        match linked(self.file, file) {
            Some(Linked::Within(file)) if (self.is_served)(&file) => {
                Target::Address(format!("{ROOT}{}{heading}", slug(&file)))
            }
            Some(Linked::Within(file)) => Target::File(format!("host/docs/{file}")),
            Some(Linked::Outside(file)) => {
                let mut elsewhere = SERVED_ELSEWHERE.iter();
                match elsewhere.find(|(known, _)| *known == file) {
                    Some((_, address)) => Target::Address((*address).to_owned()),
                    None => Target::File(file),
                }
            }
            None => Target::File(target.to_owned()),
        }
    }

    /// Keeps text for searches.
    fn note(&mut self, event: &Event<'_>) {
        let section = self.rendered.sections.last_mut();
        let Some(section) = section.filter(|_| !self.is_in_heading) else {
            return;
        };
        match event {
            Event::Text(text) | Event::Code(text) => section.text += text,
            Event::SoftBreak | Event::HardBreak => section.text.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => {
                section.text.push(' ');
            }
            _ => {}
        }
    }
}

/// Where a link leads.
enum Target {
    Address(String),
    /// A file of the repository, which nobody serves.
    File(String),
}

/// The texts of all headings.
fn headings(events: &[Event<'_>]) -> Vec<String> {
    let mut headings = Vec::new();
    let mut open: Option<String> = None;
    for event in events {
        match event {
            Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => headings.extend(open.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut open {
                    *heading += text;
                }
            }
            _ => {}
        }
    }
    headings
}

fn code_start(kind: &CodeBlockKind<'_>) -> String {
    let language = match kind {
        CodeBlockKind::Fenced(language) => language.split([',', ' ']).next().unwrap_or_default(),
        CodeBlockKind::Indented => "",
    };
    let class = match language {
        "" => String::new(),
        language => format!(" class=\"language-{}\"", Escaped(language)),
    };
    format!("<div class=\"code\"><pre tabindex=\"0\"><code{class}>")
}

/// The same image from elsewhere.
fn at(start: Event<'_>, address: String) -> Event<'_> {
    match start {
        Event::Start(Tag::Image {
            link_type,
            title,
            id,
            ..
        }) => Event::Start(Tag::Image {
            link_type,
            dest_url: address.into(),
            title,
            id,
        }),
        other => other,
    }
}

fn is_comment(html: &str) -> bool {
    html.trim_start().starts_with("<!--")
}

fn markup<'e>(html: impl Into<CowStr<'e>>) -> Event<'e> {
    Event::InlineHtml(html.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> String {
        render("a/b.md", markdown, &|file| {
            file == "c.md" || file == "a/d.md"
        })
        .html
    }

    #[test]
    fn headings_have_the_ids_that_github_gives_them() {
        let rendered = render(
            "a.md",
            "# Retry, and `more`\n\n## Same\n\ntext\n\n## Same\n",
            &|_| true,
        );
        let anchors: Vec<_> = rendered
            .sections
            .iter()
            .map(|it| it.anchor.as_str())
            .collect();
        assert_eq!(anchors, ["retry-and-more", "same", "same-1"]);
        assert_eq!(rendered.sections[1].text.trim(), "text");
        assert!(
            rendered
                .html
                .contains("<h2 id=\"same-1\"><a class=\"self\" href=\"#same-1\">Same</a></h2>")
        );
    }

    #[test]
    fn links_lead_to_chapters_elsewhere_or_nowhere() {
        assert!(html("[x](d.md#e)").contains("<a href=\"/docs/a/d#e\">x</a>"));
        assert!(html("[x](../c.md)").contains("<a href=\"/docs/c\">x</a>"));
        assert!(html("[x](#e)").contains("<a href=\"#e\">x</a>"));
        assert!(
            html("[x](https://e.org)")
                .contains("<a href=\"https://e.org\" rel=\"noreferrer\">x</a>")
        );
        assert!(html("[x](../../openapi.json)").contains("<a href=\"/docs/api\">x</a>"));
        assert!(
            html("[x](../../../wit/README.md)").contains(
                "<span class=\"file\" title=\"wit/README.md of the repository\">x</span>"
            )
        );
        assert!(html("[x](gone.md)").contains("<span class=\"file\""));
    }

    #[test]
    fn markup_in_a_chapter_is_text_and_comments_are_left_out() {
        assert_eq!(html("a <b>c</b>"), "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n");
        assert_eq!(html("<!-- made -->\n\na"), "<p>a</p>\n");
        assert!(
            html("```console\n$ a <b>\n```")
                .contains("<code class=\"language-console\">$ a &lt;b&gt;\n</code>")
        );
    }
}
