//! Texts of others in our messages.

/// At most this many characters of a text are shown in a message.
const SHOWN_CHARS: usize = 60;

/// A text as a message shows it: on one line, and not too long.
pub fn cut(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN_CHARS).collect();
    let rest = if shown.len() < text.len() { "…" } else { "" };
    format!("{}{rest}", shown.escape_debug())
}
