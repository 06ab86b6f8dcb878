//! Fields of log lines whose names say that their values are secret.

/// What stands in place of such a value.
pub const MASK: &str = "[masked]";

/// A name that contains one of these is that of a secret, whatever its case and without `_`, `-`, `.` and spaces.
const SECRET_NAMES: [&str; 10] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "apikey",
    "privatekey",
    "credential",
    "cookie",
];

/// True if the value of a field with this name is masked.
pub fn is_secret(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | '.' | ' '))
        .flat_map(char::to_lowercase)
        .collect();
    SECRET_NAMES.iter().any(|secret| plain.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_secrets_are_known_in_any_spelling() {
        for name in [
            "password",
            "db.passwd",
            "API-Key",
            "apiKey",
            "x_auth_token",
            "Authorization",
            "Set-Cookie",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["order", "key", "author", "passed", ""] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
