//! HTML as text: everything that is not written here is escaped.

use std::fmt::{self, Write as _};

/// A text that shows as it is.
pub struct Escaped<'t>(pub &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A description: paragraphs, with code between backquotes.
pub struct Prose<'t>(pub &'t str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for paragraph in self.0.split("\n\n").filter(|it| !it.is_empty()) {
            write!(f, "<p>{}</p>", Inline(paragraph))?;
        }
        Ok(())
    }
}

/// One line, with code between backquotes.
pub struct Inline<'t>(pub &'t str);

impl fmt::Display for Inline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.split('`').enumerate() {
            match index % 2 {
                0 => write!(f, "{}", Escaped(part))?,
                _ => write!(f, "<code>{}</code>", Escaped(part))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_taken_for_a_tag() {
        let shown = Prose("a < `b & \"c\"`\n\n<script>").to_string();
        let expected = "<p>a &lt; <code>b &amp; &quot;c&quot;</code></p><p>&lt;script&gt;</p>";
        assert_eq!(shown, expected);
    }
}
