//! The mark that some editors write before a text. It says nothing in UTF-8 and is no part of the text.

const MARK: char = '\u{feff}';
const MARK_BYTES: &[u8] = "\u{feff}".as_bytes();

/// The text without the mark at its start, if it has one.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// The same of text that is yet to be decoded.
pub fn without_mark_bytes(text: &[u8]) -> &[u8] {
    text.strip_prefix(MARK_BYTES).unwrap_or(text)
}

/// The same of text that is owned; one without a mark is not copied.
pub fn strip_mark(text: &mut String) {
    if text.starts_with(MARK) {
        text.drain(..MARK.len_utf8());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_at_the_start_goes_and_nothing_else() {
        assert_eq!(without_mark("\u{feff}a\u{feff}"), "a\u{feff}");
        assert_eq!(without_mark("a"), "a");
        assert_eq!(without_mark_bytes(b"\xef\xbb\xbfa"), b"a");
        let mut text = "\u{feff}a".to_owned();
        strip_mark(&mut text);
        assert_eq!(text, "a");
    }
}
