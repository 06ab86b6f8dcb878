//! The token that the commands show a host.

use std::path::PathBuf;
use tasker_domain::byte_order_mark::without_mark;
use tasker_domain::data_dir::{ADMIN_KEY_FILE, default_data_dir};

const VARIABLE: &str = "TASKER_TOKEN";

/// A token and where it was found. It has no debug form, so that it gets into no message.
pub struct Token {
    text: String,
    /// None: in the environment.
    file: Option<PathBuf>,
}

impl Token {
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it was found.
    pub fn source(&self) -> String {
        match &self.file {
            Some(file) => file.display().to_string(),
            None => VARIABLE.to_owned(),
        }
    }
}

/// TASKER_TOKEN; for a host on this machine else the admin key which that host keeps, if this
/// account may read it.
pub fn find(is_local: bool) -> Option<Token> {
    let of_environment = || {
        let text = without_mark(&std::env::var(VARIABLE).ok()?).to_owned();
        Some(Token { text, file: None })
    };
    let of_file = || {
        let file = default_data_dir().ok()?.join(ADMIN_KEY_FILE);
        let text = std::fs::read_to_string(&file).ok()?;
        let (text, file) = (without_mark(&text).trim().to_owned(), Some(file));
        Some(Token { text, file })
    };
    let is_given = |token: &Token| !token.text.is_empty();
    let found = of_environment().filter(is_given);
    found.or_else(|| is_local.then(of_file)?.filter(is_given))
}

/// How to mend a refusal of the token from this source, or of none.
pub fn help(source: Option<String>) -> String {
    match source {
        None => format!(
            "set {VARIABLE} to a key of that host; on its own machine run the command as the host's account, with the host's TASKER_DATA_DIR"
        ),
        Some(source) => {
            format!("the token is from {source}; set {VARIABLE} to a valid key of that host")
        }
    }
}
