//! Names for the folders of this machine, so that a component has no path of it and is the same wherever it is built.

use super::run;
use std::env;
use std::path::{Path, PathBuf};

/// Variables with which Cargo takes no flags from elsewhere.
const FLAGS: [&str; 2] = ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"];

/// The variable that keeps Cargo from taking these flags, if one does.
pub(super) fn set_by_user() -> Option<&'static str> {
    FLAGS.into_iter().find(|name| env::var_os(name).is_some())
}

/// A value for `--config`: flags of the compiler, which are added to those of the project.
pub(super) fn flags(
    dir: &Path,
    workspace: &Path,
    target_dir: &Path,
    target: &str,
) -> anyhow::Result<String> {
    let mut names = vec![
        (workspace.to_owned(), "/project".to_owned()),
        (target_dir.to_owned(), "/target".to_owned()),
    ];
    names.extend(cargo_home().map(|home| (home, "/cargo".to_owned())));
    names.extend(library(dir)?);
    let flag = |(path, name): &(PathBuf, String)| {
        let flag = format!("--remap-path-prefix={}={name}", path.display());
        // A text of JSON is one of TOML too.
        serde_json::Value::from(flag).to_string()
    };
    let flags: Vec<String> = names.iter().map(flag).collect();
    Ok(format!("target.{target}.rustflags=[{}]", flags.join(",")))
}

/// Where Cargo keeps the sources of crates.
fn cargo_home() -> Option<PathBuf> {
    let set = env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| Some(env::home_dir()?.join(".cargo")))
}

/// The source of the standard library, where rustup installed it, and how the compiler calls it elsewhere.
fn library(dir: &Path) -> anyhow::Result<Option<(PathBuf, String)>> {
    let asked = |arguments: &[&str]| -> anyhow::Result<String> {
        let told = run("rustc", dir, arguments)?;
        Ok(String::from_utf8_lossy(&told.stdout).trim().to_owned())
    };
    let sysroot = PathBuf::from(asked(&["--print", "sysroot"])?);
    let version = asked(&["--version", "--verbose"])?;
    let commit = version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "));
    let source = sysroot.join("lib/rustlib/src/rust");
    Ok(commit.map(|commit| (source, format!("/rustc/{commit}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_are_a_value_that_cargo_takes() {
        let workspace = Path::new("/home/a \"b\"");
        let flags = flags(Path::new("."), workspace, Path::new("/t"), "wasm32-wasip2").unwrap();
        let parsed: toml::Table = flags.parse().unwrap();
        let flags = parsed["target"]["wasm32-wasip2"]["rustflags"].as_array();
        let flags = flags.unwrap();
        let first = flags[0].as_str().unwrap();
        assert_eq!(first, "--remap-path-prefix=/home/a \"b\"=/project");
        assert!(flags.iter().all(|flag| flag.is_str()));
    }
}
