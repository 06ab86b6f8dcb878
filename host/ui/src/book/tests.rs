//! The book as a whole: nothing is missing, and every link leads somewhere.

use super::*;
use std::collections::BTreeSet;

fn files() -> BTreeSet<String> {
    let all = Docs::iter().map(std::borrow::Cow::into_owned);
    all.filter(|path| path.ends_with(".md") && path != SUMMARY)
        .collect()
}

fn html(page: &Asset) -> String {
    String::from_utf8(page.bytes.to_vec()).unwrap()
}

/// The values of an attribute.
fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    let parts = html.split(attribute).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

#[test]
fn the_summary_lists_every_file_once() {
    let chapters = chapters();
    let listed: BTreeSet<String> = chapters.iter().map(|(_, file, _)| file.clone()).collect();
    assert_eq!(listed.len(), chapters.len(), "a file is listed twice");
    assert_eq!(listed, files(), "SUMMARY.md is left, the folder right");
}

#[test]
fn a_chapter_has_one_title_and_its_ids_are_unique() {
    let book = Book::load();
    for (title, file, address) in chapters() {
        assert_ne!(address, "/docs/api", "the API has this address");
        let page = html(&book.pages[address.strip_prefix("/docs/").unwrap()]);
        assert_eq!(page.matches("<h1").count(), 1, "{file}");
        assert!(
            page.contains(&format!("<title>{title} · Tasker</title>")),
            "{file}"
        );
        let ids = values(&page, " id=\"");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{file} has an id twice");
    }
}

#[test]
fn every_link_and_every_picture_of_the_book_is_there() {
    let book = Book::load();
    let mut count = 0;
    for (path, page) in book
        .pages
        .iter()
        .filter(|(_, page)| page.media_type == HTML)
    {
        let page = html(page);
        let links = values(&page, "href=\"")
            .into_iter()
            .chain(values(&page, "src=\""));
        for link in links {
            count += 1;
            assert!(
                leads_somewhere(&book, &page, link),
                "{path}: {link} leads nowhere"
            );
        }
    }
    assert!(count > 1_000, "only {count} links were found");
}

fn leads_somewhere(book: &Book, page: &str, link: &str) -> bool {
    let has_id = |page: &str, id: &str| page.contains(&format!(" id=\"{id}\""));
    if let Some(id) = link.strip_prefix('#') {
        return has_id(page, id);
    }
    if link.starts_with("https://") || link == "/docs/api" {
        return true;
    }
    if let Some(file) = link.strip_prefix("/docs/assets/") {
        let name = file.split('/').nth(1);
        return FILES.iter().any(|(known, _)| Some(*known) == name);
    }
    let Some(target) = link.strip_prefix("/docs/") else {
        return false;
    };
    let (path, id) = target.split_once('#').unwrap_or((target, ""));
    let Some(other) = book.pages.get(path) else {
        return false;
    };
    id.is_empty() || has_id(&html(other), id)
}

#[test]
fn a_chapter_lists_its_headings_and_leads_to_its_neighbours() {
    let book = Book::load();
    let page = html(&book.pages["guarantees"]);
    assert!(page.contains("<a href=\"/docs/guarantees\" aria-current=\"page\">"));
    assert!(page.contains("<li><a href=\"#what-is-atomic\">What is atomic</a></li>"));
    assert!(page.contains("rel=\"prev\"") && page.contains("rel=\"next\""));
    assert!(!html(&book.pages[""]).contains("rel=\"prev\""));
}

#[test]
fn a_search_finds_every_heading() {
    let book = Book::load();
    let index = html(&book.pages["search.json"]);
    for needle in [
        "\"/docs/guarantees#what-is-atomic\",\"Guarantees\",\"What is atomic\"",
        "\"/docs/\",\"Introduction\"",
    ] {
        assert!(index.contains(needle), "{needle}");
    }
}

#[test]
fn the_page_of_the_api_is_beside_the_book() {
    let api = Router::<()>::new().route("/docs/api", get(introduction));
    // Routes that exclude each other would end the process.
    assert!(api.merge(router()).has_routes());
}

#[test]
fn a_text_is_a_string_of_json() {
    assert_eq!(json_string("a \"b\"\n\\"), "\"a \\\"b\\\"\\u000a\\\\\"");
}
