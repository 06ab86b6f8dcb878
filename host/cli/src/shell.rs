//! Commands that are printed to be typed again.

use std::path::Path;

/// A word of a command as a shell takes it: in quotes where the shell would read more into it.
pub fn word(text: &str) -> String {
    let quoted = shlex::Quoter::new().allow_nul(true).quote(text);
    quoted.expect("only a NUL can be refused").into_owned()
}

/// A path as a word.
pub fn path(path: &Path) -> String {
    word(&path.display().to_string())
}

/// An argument behind a space, or nothing where it was not given.
pub fn argument(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| {
        format!(" {}", word(&value.to_string()))
    })
}

/// An option with its value, ` --name value`, or nothing where it was not given.
pub fn option(name: &str, value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| {
        format!(" --{name} {}", word(&value.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_shell_reads_the_word_as_it_was() {
        for text in [
            ">=1.1, <2",
            "it's",
            "$HOME `x` \"y\" \\z",
            "pin component charge",
            "^1.2",
            "~1.2",
            "=1.2.0",
            "~root",
            "*",
            "a;b&c|d",
            "",
            "orders/charge@1.5.0",
            "#x !y",
        ] {
            let script = format!("printf %s {}", word(text));
            let read = Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(read.stdout).unwrap(), text, "{script}");
        }
    }

    #[test]
    fn what_needs_no_quotes_has_none() {
        for text in [
            "1.2.0",
            "shop/price@1.0.0",
            "orders/charge@1.5.0",
            "pin.set",
            "90d",
        ] {
            assert_eq!(word(text), text);
        }
        assert_eq!(option("before", Some(7)), " --before 7");
        assert_eq!(option("subject", Some("pin x")), " --subject 'pin x'");
        assert_eq!(option("subject", None::<String>), "");
    }
}
