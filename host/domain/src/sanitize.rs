//! Text for terminals: control characters are shown and have no effect.

/// The text with a visible replacement for each character that controls a terminal or hides other text.
/// Line breaks and tabs stay.
pub fn sanitize_for_terminal(text: &str) -> String {
    sanitize_around(text, |_| None)
}

/// The same on one line.
pub fn sanitize_line(text: &str) -> String {
    sanitize_for_terminal(text).trim_end().replace('\n', " ")
}

/// The same, but for the marks of our own: `mark` says how many bytes of the rest of the text are one.
pub fn sanitize_around(text: &str, mark: impl Fn(&str) -> Option<usize>) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let own = mark(rest).filter(|_| c == '\x1b');
        let (part, after) = rest.split_at(own.unwrap_or(c.len_utf8()));
        match own {
            Some(_) => shown.push_str(part),
            None if c == '\r' && after.starts_with('\n') => {}
            None => shown.push(sign(c)),
        }
        rest = after;
    }
    shown
}

/// True for what is not to be shown as it is: control characters, and those that turn the direction of
/// writing, break lines or take no room.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}')
}

/// The visible form of a character: itself if it is harmless.
pub fn sign(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        other if is_control(other) => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for code in 0..=0x1_0000 {
            let Some(c) = char::from_u32(code) else {
                continue;
            };
            let shown = sanitize_for_terminal(&format!("a{c}b"));
            let harmless = |c: char| matches!(c, '\n' | '\t') || !is_control(c);
            assert!(shown.chars().all(harmless), "{code:x}: {shown:?}");
            assert_eq!(shown.chars().count(), 3, "{code:x}: {shown:?}");
        }
    }

    #[test]
    fn the_former_value_is_known() {
        assert_eq!(
            sanitize_for_terminal("\x1b[31mred\x1b]0;t\x07\u{9b}2J\u{202e}x\x7f"),
            "␛[31mred␛]0;t␇\u{fffd}2J\u{fffd}x␡"
        );
        assert_eq!(
            sanitize_for_terminal("è 漢 שלום 👩‍🔧 ✔\n\tx"),
            "è 漢 שלום 👩‍🔧 ✔\n\tx"
        );
    }

    #[test]
    fn lines_end_as_they_do_here_and_a_lone_return_is_shown() {
        assert_eq!(sanitize_for_terminal("a\r\nb\rc"), "a\nb␍c");
        assert_eq!(sanitize_line("a\r\nb\n"), "a b");
    }

    #[test]
    fn only_our_own_marks_are_left() {
        let red = |rest: &str| rest.starts_with("\x1b[31m").then_some(5);
        assert_eq!(
            sanitize_around("\x1b[31mred\x1b[32m", red),
            "\x1b[31mred␛[32m"
        );
    }
}
