//! The files, each with its digest and its compressed form.

use super::modules;
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// What we wrote.
#[derive(RustEmbed)]
#[folder = "web"]
#[prefix = "web/"]
struct Web;

/// Libraries of others.
#[derive(RustEmbed)]
#[folder = "vendor"]
#[prefix = "vendor/"]
struct Vendor;

/// In the page, where the digest of all files is to be.
const DIGEST: &str = "{digest}";
/// In the page, where the modules of the first page are named.
const PRELOAD: &str = "{preload}";
/// The modules that the first page is made of, and those that they import.
const FIRST: [&str; 2] = ["web/app.js", "web/pages/overview.js"];
/// What fits into one packet is not compressed.
const MIN_COMPRESSED_BYTES: usize = 1_024;

/// A file as it is sent.
pub(crate) struct Asset {
    pub bytes: Cow<'static, [u8]>,
    pub media_type: &'static str,
    /// With its quotes.
    pub tag: String,
}

impl Asset {
    /// None for what does not exist or is not for browsers, such as a script that fetches libraries.
    pub fn find(path: &str) -> Option<Self> {
        let media_type = media_type(path)?;
        let EmbeddedFile { data, .. } = Web::get(path).or_else(|| Vendor::get(path))?;
        Some(Self::new(data, media_type))
    }

    pub fn new(bytes: Cow<'static, [u8]>, media_type: &'static str) -> Self {
        let tag = format!("\"{}\"", &hex(&Sha256::digest(&bytes))[..32]);
        Self {
            bytes,
            media_type,
            tag,
        }
    }

    /// Compressed with gzip, once for each content; none where that saves nothing.
    pub fn compressed(&self) -> Option<Arc<[u8]>> {
        static DONE: LazyLock<Mutex<HashMap<String, Arc<[u8]>>>> = LazyLock::new(Mutex::default);
        if self.bytes.len() < MIN_COMPRESSED_BYTES {
            return None;
        }
        let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(compressed) = done.get(&self.tag) {
            return Some(compressed.clone());
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&self.bytes).ok()?;
        let compressed: Arc<[u8]> = encoder.finish().ok()?.into();
        done.insert(self.tag.clone(), compressed.clone());
        Some(compressed)
    }
}

/// The page, which names its files by the digest of all of them.
pub(crate) fn index() -> Asset {
    page("web/index.html")
}

fn text(path: &str) -> Option<Cow<'static, [u8]>> {
    Some(Asset::find(path)?.bytes)
}

/// Elements that have a browser read all modules of the first page at once, and not each when it has read the one
/// that names it.
fn preload() -> String {
    let links = modules::needed_by(&FIRST, text).into_iter();
    let link = |path| format!("<link rel=\"modulepreload\" href=\"/assets/{DIGEST}/{path}\">");
    links.map(link).collect::<Vec<_>>().join("\n")
}

/// GraphiQL's page.
pub(crate) fn graphiql() -> Asset {
    page("web/graphiql.html")
}

fn page(path: &str) -> Asset {
    static PRELOAD_OF_PROGRAM: LazyLock<String> = LazyLock::new(preload);
    let page = Web::get(path).map(|file| file.data);
    let page = page.unwrap_or_default();
    let preload = match cfg!(debug_assertions) {
        true => preload(),
        false => PRELOAD_OF_PROGRAM.clone(),
    };
    let text = String::from_utf8_lossy(&page).replace(PRELOAD, &preload);
    let text = text.replace(DIGEST, &digest());
    Asset::new(text.into_bytes().into(), "text/html; charset=utf-8")
}

/// The digest of all files; it is computed once, except in a debug build, where they may change.
pub(crate) fn digest() -> String {
    static OF_PROGRAM: LazyLock<String> = LazyLock::new(compute_digest);
    match cfg!(debug_assertions) {
        true => compute_digest(),
        false => OF_PROGRAM.clone(),
    }
}

fn compute_digest() -> String {
    let mut paths: Vec<_> = Web::iter().chain(Vendor::iter()).collect();
    paths.sort();
    let mut all = Sha256::new();
    for path in paths {
        if let Some(file) = Web::get(&path).or_else(|| Vendor::get(&path)) {
            all.update(file.metadata.sha256_hash());
        }
    }
    hex(&all.finalize())[..16].to_owned()
}

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

fn media_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_browsers_use_is_found() {
        assert!(Asset::find("web/app.js").is_some());
        assert!(Asset::find("vendor/preact.mjs").is_some());
        for path in [
            "vendor/update.sh",
            "vendor/SHA256SUMS",
            "web/index.html",
            "web/../Cargo.toml",
            "nowhere.js",
        ] {
            assert!(Asset::find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn the_page_names_the_modules_that_are_imported_and_not_those_of_other_pages() {
        let needed = modules::needed_by(&FIRST, text);
        for path in [
            "web/app.js",
            "web/pages/overview.js",
            "web/lib/preact.js",
            "vendor/preact.mjs",
        ] {
            assert!(needed.contains(path), "{path} is not in {needed:?}");
        }
        assert!(!needed.contains("web/pages/pins.js"));
    }

    #[test]
    fn each_page_names_files_by_their_digest() {
        for page in [index(), graphiql()] {
            check_names(&page);
        }
    }

    fn check_names(page: &Asset) {
        let page = String::from_utf8(page.bytes.to_vec()).unwrap();
        let named = page.split('"').filter(|part| part.starts_with("/assets/"));
        let prefix = format!("/assets/{}/", digest());
        let mut count = 0;
        for path in named {
            let file = path.strip_prefix(&prefix).unwrap();
            assert!(Asset::find(file).is_some(), "{path}");
            count += 1;
        }
        assert!(count > 3, "{page}");
    }
}
