//! Paths of requests, read as a careful and as a careless server would read them.

use super::CapabilityError;
use std::fmt;
use std::str::FromStr;

/// How often a text is decoded at most: what is encoded more often is refused.
const MAX_DECODINGS: usize = 4;

/// Dot, slash and backslash of full width, which some servers take for the narrow ones.
const WIDE: [&str; 3] = ["\u{ff0e}", "\u{ff0f}", "\u{ff3c}"];

/// All paths, one, or all below a prefix: `/v1/*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PathPattern {
    /// In normal form; with `is_below` it ends in `/`.
    path: String,
    is_below: bool,
}

impl PathPattern {
    pub(super) fn all() -> Self {
        Self {
            path: "/".to_owned(),
            is_below: true,
        }
    }

    pub(super) fn is_all(&self) -> bool {
        self.is_below && self.path == "/"
    }

    /// True if every reading of the path is one of these: servers differ in whether they decode
    /// `%2f`, and in whether `..` comes before or after.
    pub(super) fn matches(&self, path: &str) -> bool {
        if self.is_all() {
            return true;
        }
        let literal = resolved(path, |segment| segment);
        let decoded = decoded(path).map(|path| resolved(&path, without_parameters));
        self.has(&literal) && decoded.is_some_and(|path| self.has(&path))
    }

    pub(super) fn covers(&self, other: &Self) -> bool {
        match other.is_below {
            true => self.is_below && other.path.starts_with(&self.path),
            false => self.has(&other.path),
        }
    }

    fn has(&self, path: &str) -> bool {
        match self.is_below {
            true => path.starts_with(&self.path),
            false => path == self.path,
        }
    }
}

/// The path without empty segments, `.` and `..`.
fn resolved(path: &str, name_of: impl Fn(&str) -> &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    let mut ends_open = true;
    for segment in path.split('/') {
        ends_open = matches!(name_of(segment), "" | "." | "..");
        match name_of(segment) {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    let end = if ends_open && !segments.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", segments.join("/"))
}

/// Some servers read `..;x=1` as `..`.
fn without_parameters(segment: &str) -> &str {
    segment.split(';').next().unwrap_or_default()
}

/// Decoded as often as it is encoded, with `\` read as `/`; `None` if there is no end to it, or where
/// servers differ in more than that over what it means.
fn decoded(path: &str) -> Option<String> {
    let mut text = path.as_bytes().to_vec();
    for _ in 0..MAX_DECODINGS {
        if is_ambiguous(&text) {
            return None;
        }
        let once = decoded_once(&text);
        if once == text {
            let text = String::from_utf8_lossy(&text).replace('\\', "/");
            return Some(text);
        }
        text = once;
    }
    None
}

/// True for what some servers read as `.`, `/` or the end of the path, and others do not: control
/// characters (a NUL ends a path in C), `%u002e`, UTF-8 with more bytes than a character needs, and
/// characters of full width.
fn is_ambiguous(text: &[u8]) -> bool {
    let is_control = |byte: &u8| byte.is_ascii_control();
    let is_wide_escape = |six: &[u8]| {
        six[0] == b'%'
            && matches!(six[1], b'u' | b'U')
            && six[2..].iter().all(u8::is_ascii_hexdigit)
    };
    let is_overlong = |two: &[u8]| {
        matches!(
            two,
            [0xc0 | 0xc1, 0x80..=0xbf] | [0xe0, 0x80..=0x9f] | [0xf0, 0x80..=0x8f]
        )
    };
    let is_wide = |three: &[u8]| WIDE.iter().any(|wide| wide.as_bytes() == three);
    text.iter().any(is_control)
        || text.windows(6).any(is_wide_escape)
        || text.windows(2).any(is_overlong)
        || text.windows(3).any(is_wide)
}

fn decoded_once(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let escaped = match rest {
            [b'%', high, low, ..] => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = &rest[3..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

impl FromStr for PathPattern {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        let wrong = |why| CapabilityError::path(text, why);
        let (path, is_below) = match text.strip_suffix("/*") {
            Some(before) => (format!("{before}/"), true),
            None => (text.to_owned(), false),
        };
        if path.contains('*') {
            return Err(wrong(
                "`*` is allowed only at its end, after a `/`, such as `/v1/*`",
            ));
        }
        if path.contains(['?', '#']) {
            return Err(wrong("leave out the query and the fragment"));
        }
        let is_plain = |c: char| c.is_ascii_graphic() && !"\"'<>\\`{}^|;".contains(c);
        if !path.starts_with('/') || !path.chars().all(is_plain) {
            return Err(wrong("it begins with `/` and has no blanks, quotes or `;`"));
        }
        if decoded(&path).as_ref() != Some(&path) || resolved(&path, |segment| segment) != path {
            return Err(wrong("write it decoded and without `//`, `/./` and `/../`"));
        }
        Ok(Self { path, is_below })
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.is_below { "*" } else { "" };
        write!(f, "{}{star}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> PathPattern {
        text.parse().unwrap()
    }

    #[test]
    fn one_path_is_that_path_however_it_is_spelled() {
        for spelled in [
            "/v1/charge",
            "/v1//charge",
            "/v1/./charge",
            "/x/../v1/charge",
        ] {
            assert!(path("/v1/charge").matches(spelled), "{spelled}");
        }
        for other in [
            "/v1/charge/",
            "/v1/charges",
            "/v1",
            "/v1/charge;x=1",
            "/V1/charge",
        ] {
            assert!(!path("/v1/charge").matches(other), "{other}");
        }
    }

    #[test]
    fn no_spelling_leads_out_of_a_prefix() {
        for within in [
            "/v1/",
            "/v1/a/b%20c",
            "/v1/caf%c3%a9",
            "/v1/caf%e9",
            "/v1/100%25",
            "/v1/%ux",
        ] {
            assert!(path("/v1/*").matches(within), "{within}");
        }
        for out in [
            "/v1",
            "/v1/../admin",
            "/v1/%2e%2e/admin",
            "/v1/%2E./admin",
            "/v1/..%2fadmin",
            "/v1/..%5cadmin",
            "/v1/%252e%252e/admin",
            "/v1/%25252e%25252e%25252fadmin",
            "/v1/..;/admin",
            "/v1\\..\\admin",
            "//../admin",
            "/v1%2f..%2fadmin",
            "/v2/%2e%2e/..%2fv1/x%2f..%2f..%2f",
            "/v1/x%00/../admin",
            "/v1/%00",
            "/v1/%2500",
            "/v1/a%0d%0ab",
            "/v1/%u002e%u002e/admin",
            "/v1/%25u002e%25u002e/admin",
            "/v1/%U002e.%u002fadmin",
            "/v1/%c0%ae%c0%ae/admin",
            "/v1/..%c0%af..%c0%afadmin",
            "/v1/%c1%9c/admin",
            "/v1/%e0%80%ae%e0%80%ae/admin",
            "/v1/%f0%80%80%ae%f0%80%80%ae/admin",
            "/v1/%25c0%25ae/admin",
            "/v1/%ef%bc%8e%ef%bc%8e/admin",
            "/v1/..%ef%bc%8fadmin",
        ] {
            assert!(!path("/v1/*").matches(out), "{out}");
        }
    }

    #[test]
    fn a_path_that_only_a_careless_server_takes_for_a_granted_one_is_not() {
        assert!(!path("/v1/*").matches("/x/..%2f..%2fv1/charge"));
        assert!(!path("/v1/*").matches("/%76%31/charge"));
    }

    #[test]
    fn patterns_are_written_in_normal_form() {
        for wrong in [
            "", "v1", "/v1*", "/*/x", "/v1//x", "/v1/../x", "/%76", "/a?b", "/a#b", "/a b", "/a;b",
        ] {
            assert!(wrong.parse::<PathPattern>().is_err(), "{wrong}");
        }
        assert!(path("/*").is_all() && !path("/").is_all());
    }

    #[test]
    fn a_prefix_covers_what_lies_below_it() {
        assert!(path("/v1/*").covers(&path("/v1/charge")) && path("/*").covers(&path("/v1/*")));
        assert!(path("/v1/*").covers(&path("/v1/a/*")));
        assert!(!path("/v1/*").covers(&path("/*")) && !path("/v1").covers(&path("/v1/*")));
        assert!(!path("/v1/*").covers(&path("/v10/*")) && !path("/v1/*").covers(&path("/v1")));
    }
}
