//! TLS before the API: certificates that can be read anew, and handshakes beside each other.

use super::caller_id::CallerId;
use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tasker_domain::byte_order_mark::without_mark_bytes;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::task::AbortOnDropHandle;
use zeroize::Zeroizing;

/// Who has not shaken hands after this long is cut off.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Handshakes under way at the same time; more wait for their slot.
const MAX_HANDSHAKES: usize = 256;
/// The same from one address, so that it keeps no other waiting.
const MAX_HANDSHAKES_PER_ADDRESS: usize = 64;
/// Connections that shook hands and wait to be served.
const WAITING_CONNECTIONS: usize = 64;

/// Where certificate and key are, in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The chain, the host's own certificate first.
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{} cannot be read as PEM", path.display())]
    Pem { path: PathBuf, source: pem::Error },
    #[error("{} contains no certificate", path.display())]
    Empty { path: PathBuf },
    #[error("the certificate in {} and the key in {} cannot be used together", cert.display(), key.display())]
    Refused {
        cert: PathBuf,
        key: PathBuf,
        source: rustls::Error,
    },
}

/// The certificate that is shown at present; cheap to clone.
#[derive(Clone)]
pub struct Certificates {
    files: TlsFiles,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Certificates {
    pub fn read(files: TlsFiles) -> Result<Self, TlsError> {
        let current = Arc::new(RwLock::new(Arc::new(config(&files)?)));
        Ok(Self { files, current })
    }

    /// Reads the files anew for connections to come; where they are wrong, all stays as it is.
    pub fn reload(&self) -> Result<(), TlsError> {
        let new = Arc::new(config(&self.files)?);
        *self.current.write().expect("nothing panics under the lock") = new;
        Ok(())
    }

    fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().expect("nothing panics under the lock");
        current.clone().into()
    }
}

fn config(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let TlsFiles { cert, key } = files;
    let wrong = |path: &PathBuf| {
        let path = path.clone();
        move |source| TlsError::Pem { path, source }
    };
    let text = std::fs::read(cert).map_err(pem::Error::Io);
    let text = text.map_err(wrong(cert))?;
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(without_mark_bytes(&text))
            .collect::<Result<_, _>>()
            .map_err(wrong(cert))?;
    if chain.is_empty() {
        return Err(TlsError::Empty { path: cert.clone() });
    }
    let text = std::fs::read(key).map(Zeroizing::new);
    let text = text.map_err(pem::Error::Io).map_err(wrong(key))?;
    let secret = PrivateKeyDer::from_pem_slice(without_mark_bytes(&text)).map_err(wrong(key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports the default TLS versions")
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|source| TlsError::Refused {
            cert: cert.clone(),
            key: key.clone(),
            source,
        })
}

/// Connections that shook hands. A slow one keeps no other waiting.
pub struct TlsListener {
    connections: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
    _accepting: AbortOnDropHandle<()>,
}

impl TlsListener {
    pub fn new(listener: TcpListener, certificates: Certificates) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, connections) = mpsc::channel(WAITING_CONNECTIONS);
        let accepting = tokio::spawn(accept_all(listener, certificates, sender));
        Ok(Self {
            connections,
            address,
            _accepting: AbortOnDropHandle::new(accepting),
        })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let connection = self.connections.recv().await;
        connection.expect("what accepts runs as long as this listener")
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Handshakes under way, by address; clones are the same.
#[derive(Clone, Default)]
struct Handshakes(Arc<Mutex<HashMap<CallerId, usize>>>);

/// One of them, until it is dropped.
struct Handshake {
    all: Handshakes,
    address: CallerId,
}

impl Handshakes {
    /// `None` if too many are under way from this address.
    fn begin(&self, address: IpAddr) -> Option<Handshake> {
        let address = CallerId::at(address);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address.clone()).or_default();
        if *count >= MAX_HANDSHAKES_PER_ADDRESS {
            return None;
        }
        *count += 1;
        Some(Handshake {
            all: self.clone(),
            address,
        })
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        let mut counts = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => drop(counts.remove(&self.address)),
        }
    }
}

async fn accept_all(
    mut listener: TcpListener,
    certificates: Certificates,
    sender: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let slots = Arc::new(Semaphore::new(MAX_HANDSHAKES));
    let handshakes = Handshakes::default();
    loop {
        let slot = slots.clone().acquire_owned().await;
        let slot = slot.expect("nobody closes the semaphore");
        let (stream, address) = Listener::accept(&mut listener).await;
        let Some(handshake) = handshakes.begin(address.ip()) else {
            tracing::debug!(%address, "too many handshakes from one address");
            continue;
        };
        let (acceptor, sender) = (certificates.acceptor(), sender.clone());
        tokio::spawn(async move {
            let shaken = tokio::time::timeout(HANDSHAKE_TIMEOUT, shake(acceptor, stream)).await;
            drop((slot, handshake));
            match shaken {
                // If nobody receives, the API has ended.
                Ok(Ok(stream)) => drop(sender.send((stream, address)).await),
                Ok(Err(error)) => tracing::debug!(%address, %error, "no TLS connection"),
                Err(_) => tracing::debug!(%address, "no TLS connection in time"),
            }
        });
    }
}

async fn shake(acceptor: TlsAcceptor, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    stream.set_nodelay(true)?;
    acceptor.accept(stream).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handshakes_are_bounded_by_address() {
        let handshakes = Handshakes::default();
        let begin = |last: u8| handshakes.begin([10, 0, 0, last].into());
        let mut all: Vec<_> = (0..MAX_HANDSHAKES_PER_ADDRESS)
            .map(|_| begin(1).unwrap())
            .collect();
        assert!(begin(1).is_none() && begin(2).is_some());
        all.pop();
        assert!(begin(1).is_some());
    }
}
