//! What the handlers of the suite may ask for: entries, secrets, and a server.

use futures::future::BoxFuture;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, LazyLock};
use tasker_domain::kv::KvValue;
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;
use tasker_sandbox::{HostServices, KvEntries, KvUnavailable, SecretUnavailable, SecretValues};

/// Bytes of the body at `/big`.
const BIG_BYTES: usize = 300_000;

/// The bucket `counters` has 41 under `a` and null under `z`; the secret `stripe-key` is set.
struct Services;

pub fn services() -> HostServices {
    HostServices {
        kv: Some(Arc::new(Services)),
        secrets: Some(Arc::new(Services)),
        ..HostServices::default()
    }
}

impl KvEntries for Services {
    fn entry<'a>(
        &'a self,
        _namespace: &'a str,
        _bucket: &'a Name,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvValue>, KvUnavailable>> {
        let entry = KvValue {
            value: "41".to_owned(),
            version: 7,
        };
        Box::pin(async move { Ok((key == "a").then_some(entry)) })
    }

    fn keys<'a>(
        &'a self,
        _namespace: &'a str,
        _bucket: &'a Name,
        _prefix: &'a str,
        _limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, KvUnavailable>> {
        Box::pin(async { Ok(vec!["a".to_owned(), "z".to_owned()]) })
    }
}

impl SecretValues for Services {
    fn value<'a>(
        &'a self,
        _namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        let value = (name == "stripe-key").then(|| SecretValue::parse("sk_live_1".into()).unwrap());
        Box::pin(async { Ok(value) })
    }
}

/// A server that says what it was asked, or answers as the path says.
pub fn server() -> SocketAddr {
    static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A guest that goes away is one of the cases.
                let _ = answer(stream);
            }
        });
        address
    });
    *SERVER
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        let found = lines.iter().filter_map(|line| line.split_once(": "));
        let mut found = found.filter(|(header, _)| header.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.to_owned())
    };
    let length = header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut request = lines[0].split(' ');
    let (method, path) = (request.next().unwrap(), request.next().unwrap());
    let (status, told) = match path.strip_prefix("/status/") {
        Some(status) => (status.to_owned(), status.to_owned()),
        None if path == "/big" => ("200".to_owned(), "x".repeat(BIG_BYTES)),
        None => {
            let order = header("x-order").unwrap_or_default();
            (
                "200".to_owned(),
                format!("{method} {path} x-order={order} {body}"),
            )
        }
    };
    write!(
        stream,
        "HTTP/1.1 {status} Any\r\ncontent-type: text/plain\r\nretry-after: 7\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{told}",
        told.len()
    )
}
