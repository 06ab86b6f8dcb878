//! Ambiguous request heads, which two parsers could read differently, are refused before authentication.

use super::connection_limiter::ConnectionPermit;
use super::error::ApiError;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

/// Refuses a head that is not clear.
pub(super) async fn check(request: Request, next: Next) -> Response {
    match refusal(&request) {
        None => next.run(request).await,
        Some(why) => ApiError::UnclearHead { why }.into_response(),
    }
}

fn refusal(request: &Request) -> Option<&'static str> {
    let headers = request.headers();
    let connection = request.extensions().get::<Arc<ConnectionPermit>>();
    if let Some(why) = connection.and_then(|connection| connection.unclear_line()) {
        return Some(why);
    }
    if headers.get_all(AUTHORIZATION).iter().count() > 1 {
        return Some("there is more than one header `Authorization`; send one");
    }
    host(headers, request.version())
}

/// HTTP/1.1 asks for exactly one, which may be empty.
fn host(headers: &HeaderMap, version: Version) -> Option<&'static str> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if version == Version::HTTP_11 => Some("the header `Host` is missing"),
        (None, _) => None,
        (Some(_), Some(_)) => Some("there is more than one header `Host`; send one"),
        (Some(host), None) if host.is_empty() || Authority::try_from(host.as_bytes()).is_ok() => {
            None
        }
        (Some(_), None) => Some("the header `Host` is no host name with a port or without"),
    }
}

/// The longest line of a head that is looked at: what frames a body is far shorter.
const MAX_LINE_BYTES: usize = 128;

/// The error for the sender of such a line.
const BARE_LINE_FEED: &str =
    "a line of the head ends without a carriage return; end lines with CR LF";
const LONG_FRAMING: &str = "a line that says how long the body or a chunk of it is has more than 128 bytes; \
                            write it without needless zeros and blanks";

/// Scans the bytes of a connection for lines of heads, and of the framing of chunked bodies, that end
/// with a bare line feed: some parsers take that for the end of a line, others for a part of it. It also
/// detects a framing line that is too long to be read here, because it could not find the end of the body
/// afterwards.
pub(super) struct LineScanner {
    at: At,
    /// The beginning of the line, without its line feed.
    line: Vec<u8>,
    /// There is more of the line.
    is_cut: bool,
    /// The last byte was a carriage return.
    is_after_return: bool,
    /// What the head says of the body.
    body: Body,
}

/// Where in the stream the next byte is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before a head, or in it.
    Head {
        is_begun: bool,
    },
    /// In a body, or a chunk with its line end.
    Bytes {
        left: u64,
        is_chunk: bool,
    },
    ChunkSize,
    Trailer,
    /// No longer sure; what comes is left to the parser.
    Lost,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Bytes(u64),
    Chunked,
    /// Said in a way that the parser refuses.
    Unclear,
}

impl Default for LineScanner {
    fn default() -> Self {
        Self {
            at: At::Head { is_begun: false },
            line: Vec::new(),
            is_cut: false,
            is_after_return: false,
            body: Body::Bytes(0),
        }
    }
}

impl LineScanner {
    /// What is wrong with one of the lines that end in these bytes. After that it looks no further.
    pub(super) fn unclear_line(&mut self, mut bytes: &[u8]) -> Option<&'static str> {
        while let Some((&byte, rest)) = bytes.split_first() {
            match self.at {
                At::Lost => return None,
                At::Bytes { left, is_chunk } => bytes = self.skip(bytes, left, is_chunk),
                At::Head { .. } | At::ChunkSize | At::Trailer => {
                    bytes = rest;
                    if let Some(why) = self.take(byte) {
                        self.at = At::Lost;
                        return Some(why);
                    }
                }
            }
        }
        None
    }

    fn skip<'b>(&mut self, bytes: &'b [u8], left: u64, is_chunk: bool) -> &'b [u8] {
        let skipped = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        let left = left - skipped as u64;
        self.at = match (left, is_chunk) {
            (0, true) => At::ChunkSize,
            (0, false) => At::Head { is_begun: false },
            (left, is_chunk) => At::Bytes { left, is_chunk },
        };
        &bytes[skipped..]
    }

    fn take(&mut self, byte: u8) -> Option<&'static str> {
        let is_after_return = std::mem::replace(&mut self.is_after_return, byte == b'\r');
        match byte {
            b'\n' if !is_after_return => return Some(BARE_LINE_FEED),
            b'\n' => {
                let line = std::mem::take(&mut self.line);
                let is_cut = std::mem::take(&mut self.is_cut);
                return self.end_line(line.strip_suffix(b"\r").unwrap_or(&line), is_cut);
            }
            // With the carriage return behind it.
            byte if self.line.len() <= MAX_LINE_BYTES => self.line.push(byte),
            _ => self.is_cut = true,
        }
        None
    }

    /// What is wrong with the line, of which this is the beginning where it is cut.
    fn end_line(&mut self, line: &[u8], is_cut: bool) -> Option<&'static str> {
        if is_cut && self.is_framing(line) {
            return Some(LONG_FRAMING);
        }
        self.at = match (self.at, line.is_empty()) {
            (At::Head { is_begun: false }, true) => self.at,
            (At::Head { is_begun: true }, true) => self.after_head(),
            (At::Head { .. }, false) => {
                self.read_header(line);
                At::Head { is_begun: true }
            }
            (At::ChunkSize, _) => chunk(line),
            (At::Trailer, true) => At::Head { is_begun: false },
            (at, _) => at,
        };
        None
    }

    /// True if the line frames a body, so that it has to be read to its end.
    fn is_framing(&self, line: &[u8]) -> bool {
        match self.at {
            At::Head { .. } => header(line).is_some_and(|(name, _)| {
                name.eq_ignore_ascii_case(CONTENT_LENGTH.as_str().as_bytes())
                    || name.eq_ignore_ascii_case(TRANSFER_ENCODING.as_str().as_bytes())
            }),
            // The size ends before the extensions.
            At::ChunkSize => !line.contains(&b';'),
            At::Trailer | At::Bytes { .. } | At::Lost => false,
        }
    }

    fn after_head(&mut self) -> At {
        match std::mem::replace(&mut self.body, Body::Bytes(0)) {
            Body::Bytes(0) => At::Head { is_begun: false },
            Body::Bytes(left) => At::Bytes {
                left,
                is_chunk: false,
            },
            Body::Chunked => At::ChunkSize,
            Body::Unclear => At::Lost,
        }
    }

    /// Chunks count before a length, as the parser has it.
    fn read_header(&mut self, line: &[u8]) {
        let Some((name, value)) = header(line) else {
            return;
        };
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.body = Body::Chunked;
        } else if name.eq_ignore_ascii_case(b"content-length") && self.body != Body::Chunked {
            let length = std::str::from_utf8(value)
                .ok()
                .and_then(|it| it.parse().ok());
            self.body = length.map_or(Body::Unclear, Body::Bytes);
        }
    }
}

/// Name and value.
fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((&line[..colon], line[colon + 1..].trim_ascii()))
}

/// The chunk that this line begins, with the line end behind it.
fn chunk(line: &[u8]) -> At {
    let size = line.split(|byte| *byte == b';').next().unwrap_or(line);
    let size = std::str::from_utf8(size.trim_ascii()).ok();
    match size.and_then(|size| u64::from_str_radix(size, 16).ok()) {
        Some(0) => At::Trailer,
        Some(size) => At::Bytes {
            left: size.saturating_add(2),
            is_chunk: true,
        },
        None => At::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a bare line feed is found, however the bytes are cut into reads.
    fn finds(text: &str) -> bool {
        found(text) == Some(BARE_LINE_FEED)
    }

    fn found(text: &str) -> Option<&'static str> {
        let found = [1, 2, 7, text.len()].map(|size| {
            let mut scanner = LineScanner::default();
            let mut parts = text.as_bytes().chunks(size);
            parts.find_map(|part| scanner.unclear_line(part))
        });
        assert!(found.iter().all(|it| *it == found[0]), "{text:?}");
        found[0]
    }

    const HEAD: &str = "POST / HTTP/1.1\r\nhost: a\r\n";

    #[test]
    fn a_line_of_a_head_that_ends_bare_is_found() {
        for text in [
            "GET / HTTP/1.1\nhost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\r\n\n",
            "\nGET / HTTP/1.1\r\n\r\n",
        ] {
            assert!(finds(text), "{text:?}");
        }
        assert!(!finds(
            "\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n"
        ));
    }

    #[test]
    fn bodies_may_hold_what_they_like_and_the_next_head_may_not() {
        let with_length = format!("{HEAD}Content-Length: 5\r\n\r\na\nb\n\n");
        assert!(!finds(&format!("{with_length}{HEAD}\r\n")));
        assert!(finds(&format!("{with_length}GET / HTTP/1.1\n")));
        let chunked = format!("{HEAD}Transfer-Encoding: chunked\r\ncontent-length: 1\r\n\r\n");
        let chunked = format!("{chunked}3;a=b\r\n\n\n\n\r\n0\r\nx-trailer: 1\r\n\r\n");
        assert!(!finds(&format!("{chunked}{HEAD}\r\n")));
        assert!(finds(&format!("{chunked}GET / HTTP/1.1\n")));
    }

    #[test]
    fn a_line_that_frames_a_chunk_and_ends_bare_is_found() {
        let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
        assert!(finds(&format!("{head}2;\n{{}}")));
        assert!(finds(&format!("{head}0\r\nx-trailer: 1\n\r\n")));
    }

    #[test]
    fn long_lines_cost_no_memory_and_end_as_others_do() {
        let long = format!("{HEAD}x: {}\r\n\r\n", "\r y".repeat(10_000));
        let mut scanner = LineScanner::default();
        assert_eq!(scanner.unclear_line(long.as_bytes()), None);
        assert!(scanner.line.capacity() < 1_024);
        assert!(finds(&format!("{HEAD}x: {}\n\r\n", "y".repeat(10_000))));
    }

    #[test]
    fn a_line_that_frames_a_body_and_is_too_long_to_be_read_is_found() {
        let zeros = "0".repeat(120);
        let found = |text: String| found(&text) == Some(LONG_FRAMING);
        assert!(found(format!(
            "{HEAD}Content-Length: {zeros}5\r\n\r\nabcde"
        )));
        let coding = format!(
            "{HEAD}Transfer-Encoding: {}chunked\r\n\r\n",
            " ".repeat(120)
        );
        assert!(found(format!("{coding}0\r\n\r\n")));
        let chunked = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
        assert!(found(format!("{chunked}{zeros}{zeros}3\r\na\nb\r\n")));
        assert!(found(format!("{chunked}{zeros}{zeros};a=b\r\n")));
    }

    #[test]
    fn a_long_line_with_its_meaning_at_the_beginning_is_read() {
        let zeros = "0".repeat(100);
        let with_length = format!("{HEAD}Content-Length: {zeros}5\r\n\r\na\nb\n\n");
        assert!(!finds(&format!("{with_length}{HEAD}\r\n")));
        assert!(finds(&format!("{with_length}GET / HTTP/1.1\n")));
        let chunked = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
        let chunked = format!("{chunked}3;a={}\r\n\n\n\n\r\n0\r\n\r\n", "b".repeat(1_000));
        assert!(!finds(&format!("{chunked}{HEAD}\r\n")));
        assert!(finds(&format!("{chunked}GET / HTTP/1.1\n")));
    }

    #[test]
    fn one_host_is_asked_for_and_it_has_to_be_one() {
        let with = |hosts: &[&str], version| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(HOST, host.parse().unwrap());
            }
            host(&headers, version).is_some()
        };
        assert!(with(&[], Version::HTTP_11) && !with(&[], Version::HTTP_10));
        assert!(with(&["a", "a"], Version::HTTP_11) && with(&["a, b"], Version::HTTP_11));
        for fine in ["a", "a:80", "[::1]:7710", ""] {
            assert!(!with(&[fine], Version::HTTP_11), "{fine}");
        }
    }
}
