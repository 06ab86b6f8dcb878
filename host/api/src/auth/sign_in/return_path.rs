//! The page that a sign-in ends at: one of this host.

use std::str::FromStr;

/// The longest path, in bytes: it is part of a cookie.
const MAX_BYTES: usize = 1_024;

/// The path of a page of this host, with its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnPath(String);

/// Why a text is not the path of a page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it has to be the path of a page of this host, such as `/tasks?namespace=shop`, of {MAX_BYTES} bytes at most"
)]
pub(crate) struct ReturnPathError;

impl ReturnPath {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl FromStr for ReturnPath {
    type Err = ReturnPathError;

    /// Two slashes, or what browsers take for them, would begin the name of another host. Paths of the API are no pages;
    /// one of them begins another sign-in.
    fn from_str(text: &str) -> Result<Self, ReturnPathError> {
        let is_path = text.starts_with('/') && !text.starts_with("//");
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\\#".contains(&byte);
        let has_dots = text
            .split(['/', '?'])
            .any(|part| part == "." || part == "..");
        let is_of_api = text == "/v1" || text.starts_with("/v1/") || text.starts_with("/v1?");
        match is_path
            && text.bytes().all(is_plain)
            && text.len() <= MAX_BYTES
            && !has_dots
            && !is_of_api
        {
            true => Ok(Self(text.to_owned())),
            false => Err(ReturnPathError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_ends_at_a_page_of_the_host_and_nowhere_else() {
        for page in [
            "/",
            "/tasks?namespace=shop&state=failed",
            "/pins/shop/component/other~charge",
            "/tasks?at=https://example.com/",
            "/v1x",
        ] {
            assert_eq!(page.parse(), Ok(ReturnPath(page.to_owned())), "{page}");
        }
        let long = format!("/{}", "a".repeat(MAX_BYTES));
        for elsewhere in [
            "",
            "tasks",
            "//evil.example.com",
            "/\\evil.example.com",
            "\\\\evil.example.com",
            "https://evil.example.com/",
            "https:evil.example.com",
            "javascript:alert(1)",
            "/tasks\r\nset-cookie: a=b",
            "/\t/evil.example.com",
            " /tasks",
            "/tasks#top",
            "/./v1/session/oidc",
            "/a/../v1/session/oidc",
            "/v1/session/oidc?return_to=/",
            "/v1",
            "/tâche",
            &long,
        ] {
            assert_eq!(elsewhere.parse::<ReturnPath>(), Err(ReturnPathError));
        }
    }
}
