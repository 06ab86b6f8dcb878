//! Which HTTP requests may go out.

use super::error::shorten;
use super::path::PathPattern;
use super::{CapabilityError, HostPattern};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Ports that a rule without a port admits: those of http and https.
const DEFAULT_PORTS: [u16; 2] = [80, 443];
/// The most methods in one rule, and the longest, in bytes.
const MAX_METHODS: usize = 16;
const MAX_METHOD_BYTES: usize = 32;
/// Words that alone are rather meant as methods than as hosts.
const COMMON_METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Requests by method, host, port and path; what is left out is not looked at, but for the port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HttpRule {
    /// Upper case, sorted; empty: all.
    methods: Vec<String>,
    host: HostPattern,
    /// None: those of http and https.
    port: Option<u16>,
    path: PathPattern,
}

/// A request as rules look at it.
#[derive(Clone, Copy, Debug)]
pub struct HttpRequest<'a> {
    pub method: &'a str,
    /// As a URL has it: lower case, brackets around an IPv6 address.
    pub host: &'a str,
    pub port: u16,
    /// Without the query.
    pub path: &'a str,
}

impl HttpRule {
    /// True if the request may go out by this rule.
    pub fn admits(&self, request: &HttpRequest<'_>) -> bool {
        self.reaches(request.host, request.port)
            && self.has_method(request.method)
            && self.path.matches(request.path)
    }

    /// True if some request to this host and port is admitted.
    pub fn reaches(&self, host: &str, port: u16) -> bool {
        self.host.matches(host) && self.has_port(port)
    }

    /// True if every request that `other` admits is admitted by this.
    pub fn covers(&self, other: &Self) -> bool {
        let has_ports = match other.port {
            Some(port) => self.has_port(port),
            None => self.port.is_none(),
        };
        let has_methods = match other.methods.is_empty() {
            true => self.methods.is_empty(),
            false => other.methods.iter().all(|method| self.has_method(method)),
        };
        has_ports && has_methods && self.host.covers(&other.host) && self.path.covers(&other.path)
    }

    fn has_port(&self, port: u16) -> bool {
        match self.port {
            Some(own) => own == port,
            None => DEFAULT_PORTS.contains(&port),
        }
    }

    fn has_method(&self, method: &str) -> bool {
        self.methods.is_empty() || self.methods.iter().any(|own| own == method)
    }
}

impl HttpRequest<'_> {
    /// The narrowest rule that admits it, as far as one can be written: to its host where no rule
    /// of `known` reaches that, else to its path too.
    pub fn missing_rule(&self, known: &[HttpRule]) -> String {
        let port = match DEFAULT_PORTS.contains(&self.port) {
            true => String::new(),
            false => format!(":{}", self.port),
        };
        let to_host = format!("{} {}{port}", self.method, self.host);
        let to_path = format!("{to_host}{}", self.path);
        let is_known = known.iter().any(|rule| rule.reaches(self.host, self.port));
        match is_known && to_path.parse::<HttpRule>().is_ok() {
            true => to_path,
            false => to_host,
        }
    }
}

impl FromStr for HttpRule {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (methods, target) = match words[..] {
            [method] if COMMON_METHODS.contains(&method) => {
                return Err(CapabilityError::NoHost(method.to_owned()));
            }
            [target] => (Vec::new(), target),
            [methods, target] => (parse_methods(methods)?, target),
            _ => {
                return Err(CapabilityError::form(
                    text,
                    "http [METHODS] HOST[:PORT][/PATH]",
                ));
            }
        };
        if target.contains("://") {
            return Err(CapabilityError::Scheme(shorten(target)));
        }
        let at = target.find('/').unwrap_or(target.len());
        let (authority, path) = target.split_at(at);
        let (host, port) = split_port(authority)?;
        if is_network(host, path) {
            return Err(CapabilityError::Network(shorten(target)));
        }
        let path = match path {
            "" => PathPattern::all(),
            path => path.parse()?,
        };
        Ok(Self {
            methods,
            host: host.parse()?,
            port,
            path,
        })
    }
}

/// True for an address and the length of a prefix, which would be taken for a path.
fn is_network(host: &str, path: &str) -> bool {
    let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let prefix = path.strip_prefix('/').map(str::parse::<u8>);
    is_address && prefix.is_some_and(|prefix| prefix.is_ok())
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), CapabilityError> {
    let (host, port) = match authority.rsplit_once(':') {
        // The last colon of an IPv6 address is inside its brackets.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        Some(_) | None => return Ok((authority, None)),
    };
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse() {
        Ok(number @ 1..) if is_number => Ok((host, Some(number))),
        Ok(_) | Err(_) => Err(CapabilityError::Port(shorten(port))),
    }
}

fn parse_methods(text: &str) -> Result<Vec<String>, CapabilityError> {
    let is_method = |method: &&str| {
        (1..=MAX_METHOD_BYTES).contains(&method.len())
            && method
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'-')
    };
    let mut methods: Vec<String> = text
        .split(',')
        .map(|method| Some(method).filter(is_method).map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or_else(|| CapabilityError::Methods(shorten(text)))?;
    methods.sort();
    methods.dedup();
    match methods.len() <= MAX_METHODS {
        true => Ok(methods),
        false => Err(CapabilityError::Methods(shorten(text))),
    }
}

impl fmt::Display for HttpRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.methods.is_empty() {
            write!(f, "{} ", self.methods.join(","))?;
        }
        write!(f, "{}", self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        match self.path.is_all() {
            true => Ok(()),
            false => write!(f, "{}", self.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> HttpRule {
        text.parse().unwrap()
    }

    fn admits(text: &str, method: &str, host: &str, port: u16, path: &str) -> bool {
        rule(text).admits(&HttpRequest {
            method,
            host,
            port,
            path,
        })
    }

    #[test]
    fn a_host_alone_admits_every_method_and_path_on_the_default_ports() {
        assert!(admits(
            "api.example.com",
            "DELETE",
            "api.example.com",
            443,
            "/x"
        ));
        assert!(admits("api.example.com", "GET", "api.example.com", 80, "/"));
        assert!(!admits(
            "api.example.com",
            "GET",
            "api.example.com",
            8443,
            "/"
        ));
    }

    #[test]
    fn method_port_and_path_are_checked_where_they_are_given() {
        let text = "GET,POST api.example.com:8443/v1/*";
        assert!(admits(text, "POST", "api.example.com", 8443, "/v1/charge"));
        assert!(!admits(
            text,
            "DELETE",
            "api.example.com",
            8443,
            "/v1/charge"
        ));
        assert!(!admits(text, "POST", "api.example.com", 443, "/v1/charge"));
        assert!(!admits(text, "POST", "api.example.com", 8443, "/v2/charge"));
    }

    #[test]
    fn a_rule_is_written_in_one_form() {
        for (written, stored) in [
            (
                "POST,GET,GET  API.example.com/*",
                "GET,POST api.example.com",
            ),
            ("[::1]:8080/v1/*", "[::1]:8080/v1/*"),
            ("*.example.com:443", "*.example.com:443"),
        ] {
            assert_eq!(rule(written).to_string(), stored);
            assert_eq!(rule(stored), rule(written));
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for wrong in [
            "https://api.example.com",
            "get api.example.com",
            "GET, api.example.com",
            "api.example.com:0",
            "api.example.com:+80",
            "api.example.com:99999",
            "user@api.example.com",
            "GET api.example.com /v1",
            "*",
        ] {
            assert!(wrong.parse::<HttpRule>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_would_be_taken_for_something_else_is_refused_with_what_would_be_right() {
        for (wrong, told) in [
            ("GET", "write `http GET api.example.com`"),
            ("POST", "write `http POST api.example.com`"),
            ("10.0.0.0/8", "name each address"),
            ("GET 10.0.0.0:8080/24", "name each address"),
            ("[fd00::]/8", "name each address"),
        ] {
            let error = wrong.parse::<HttpRule>().unwrap_err().to_string();
            assert!(error.contains(told), "{wrong}: {error}");
        }
        assert!(admits("10.0.0.1/8/*", "GET", "10.0.0.1", 80, "/8/x"));
        assert!(admits("get", "GET", "get", 80, "/"));
    }

    #[test]
    fn a_rule_covers_a_narrower_one() {
        let covers = |wide: &str, narrow: &str| rule(wide).covers(&rule(narrow));
        assert!(covers("api.example.com", "GET api.example.com:443/v1/*"));
        assert!(covers("*.example.com", "api.example.com/v1/charge"));
        assert!(!covers("GET api.example.com", "api.example.com"));
        assert!(!covers("GET api.example.com", "GET,POST api.example.com"));
        assert!(!covers("api.example.com:443", "api.example.com"));
        assert!(!covers("api.example.com", "api.example.com:8443"));
        assert!(!covers("api.example.com/v1/*", "api.example.com"));
    }

    #[test]
    fn what_is_missing_is_named_as_it_would_be_granted() {
        let request = HttpRequest {
            method: "POST",
            host: "api.example.com",
            port: 8443,
            path: "/v1/charge",
        };
        assert_eq!(request.missing_rule(&[]), "POST api.example.com:8443");
        let known = [rule("GET api.example.com:8443")];
        let missing = request.missing_rule(&known);
        assert_eq!(missing, "POST api.example.com:8443/v1/charge");
        assert!(rule(&missing).admits(&request));
    }
}
