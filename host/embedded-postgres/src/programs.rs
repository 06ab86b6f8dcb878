use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::{EmbeddedError, io_error};

/// The oldest PostgreSQL that is started.
pub const OLDEST_MAJOR: u32 = 15;

/// Where Debian and its kin keep one directory a major version.
const VERSIONED_ROOT: &str = "/usr/lib/postgresql";

/// What a directory must hold to be of use.
const NEEDED: [&str; 2] = ["initdb", "postgres"];

/// The directory of one installed PostgreSQL, and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    bindir: PathBuf,
    major: u32,
    version: String,
}

impl Programs {
    /// Finds PostgreSQL's programs: in the directory that this environment variable names, and nowhere
    /// else if it is set; else the first on `PATH`, else the newest below `/usr/lib/postgresql`. With a `wanted` major version
    /// the first of that version comes before the others; whether it was met is for the caller to
    /// see.
    pub fn find(bindir_variable: &'static str, wanted: Option<u32>) -> Result<Self, EmbeddedError> {
        Self::find_in(&places(bindir_variable), bindir_variable, wanted)
    }

    fn find_in(
        places: &[PathBuf],
        bindir_variable: &'static str,
        wanted: Option<u32>,
    ) -> Result<Self, EmbeddedError> {
        let mut found = Vec::new();
        for bindir in places.iter().filter(|dir| holds_programs(dir)) {
            found.push(Self::at(bindir)?);
        }
        let chosen = found
            .iter()
            .find(|programs| wanted == Some(programs.major))
            .or(found.first());
        match chosen {
            None => Err(EmbeddedError::ProgramsMissing {
                bindir_variable,
                missing: NEEDED.join(", "),
                searched: listed(places),
                install: install_command(),
            }),
            Some(programs) if programs.major < OLDEST_MAJOR => Err(EmbeddedError::TooOld {
                found: programs.major,
                oldest: OLDEST_MAJOR,
                bindir: programs.bindir.clone(),
                install: install_command(),
            }),
            Some(programs) => Ok(programs.clone()),
        }
    }

    fn at(bindir: &Path) -> Result<Self, EmbeddedError> {
        let program = bindir.join("postgres");
        let answer = Command::new(&program)
            .arg("--version")
            .output()
            .map_err(io_error("cannot run", &program))?;
        let answer = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        match parse_version(&answer) {
            Some((major, version)) => Ok(Self {
                bindir: bindir.to_owned(),
                major,
                version,
            }),
            None => Err(EmbeddedError::VersionUnreadable { program, answer }),
        }
    }

    /// The directory that holds the programs.
    pub fn bindir(&self) -> &Path {
        &self.bindir
    }

    /// The major version, such as 15.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The whole version, such as `15.14`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where a program of this installation is, whether or not it is there (`psql` and `pgbench`
    /// come in packages of their own on some systems).
    pub fn program(&self, name: &str) -> PathBuf {
        self.bindir.join(name)
    }
}

/// The command that installs PostgreSQL on this kind of system.
pub fn install_command() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let ids: Vec<&str> = release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split_whitespace())
        .collect();
    let known = [
        ("debian", "apt-get install postgresql"),
        ("ubuntu", "apt-get install postgresql"),
        ("fedora", "dnf install postgresql-server"),
        ("rhel", "dnf install postgresql-server"),
        ("alpine", "apk add postgresql"),
        ("arch", "pacman -S postgresql"),
        ("suse", "zypper install postgresql-server"),
    ];
    known
        .iter()
        .find(|(id, _)| ids.contains(id))
        .map_or("see https://www.postgresql.org/download/", |(_, how)| how)
        .to_owned()
}

fn places(bindir_variable: &str) -> Vec<PathBuf> {
    if let Some(bindir) = env::var_os(bindir_variable) {
        return vec![PathBuf::from(bindir)];
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).chain(versioned()).collect()
}

fn versioned() -> Vec<PathBuf> {
    let entries = fs::read_dir(VERSIONED_ROOT).into_iter().flatten().flatten();
    let mut majors: Vec<u32> = entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    majors.sort_unstable_by(|a, b| b.cmp(a));
    majors
        .iter()
        .map(|major| {
            Path::new(VERSIONED_ROOT)
                .join(major.to_string())
                .join("bin")
        })
        .collect()
}

fn holds_programs(dir: &Path) -> bool {
    NEEDED.iter().all(|name| dir.join(name).is_file())
}

fn listed(places: &[PathBuf]) -> String {
    match places {
        [only] => only.display().to_string(),
        _ => format!("PATH and {VERSIONED_ROOT}/*/bin"),
    }
}

fn parse_version(answer: &str) -> Option<(u32, String)> {
    let version = answer.split_whitespace().nth(2)?;
    let digits = version.find(|c: char| !c.is_ascii_digit());
    let major = version[..digits.unwrap_or(version.len())].parse().ok()?;
    Some((major, version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_distributions_print() {
        let debian = "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)";
        assert_eq!(parse_version(debian), Some((15, "15.14".into())));
        let beta = "postgres (PostgreSQL) 18beta1";
        assert_eq!(parse_version(beta), Some((18, "18beta1".into())));
        assert_eq!(parse_version("something else"), None);
    }

    #[test]
    fn a_place_without_programs_is_refused_with_the_way_to_install_them() {
        let empty = tempfile::tempdir().unwrap();
        let error = Programs::find_in(&[empty.path().to_owned()], "PG_BINDIR", None).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("set PG_BINDIR to"), "{message}");
        assert!(message.contains("initdb, postgres"), "{message}");
    }
}
