//! A network on the way to the database that can be made to swallow everything.

use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// Passes bytes on between a port of this machine and a server's socket.
pub struct Proxy {
    port: u16,
    /// The number of the blackhole that connections made before it have fallen into.
    swallowed: watch::Sender<usize>,
    /// Whether new connections fall in too.
    swallows_new: watch::Sender<bool>,
    made: Arc<AtomicUsize>,
}

impl Proxy {
    pub async fn to(server: &PgConnectOptions) -> Self {
        let socket = server.get_socket().unwrap().join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            swallowed: watch::Sender::new(0),
            swallows_new: watch::Sender::new(false),
            made: Arc::default(),
        };
        let (swallowed, swallows_new) = (proxy.swallowed.clone(), proxy.swallows_new.clone());
        let made = proxy.made.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                made.fetch_add(1, Ordering::Relaxed);
                let is_open = !*swallows_new.borrow();
                let blackhole = swallowed.subscribe();
                tokio::spawn(pass_on(client, socket.clone(), blackhole, is_open));
            }
        });
        proxy
    }

    pub fn url(&self) -> String {
        let port = self.port;
        format!("postgres://tasker@127.0.0.1:{port}/postgres?sslmode=disable")
    }

    /// Connections that were made so far.
    pub fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    /// From now on nothing passes in either direction on any connection, and none of them ends.
    pub fn swallow_all(&self) {
        self.swallows_new.send_replace(true);
        self.swallow_open();
    }

    /// The same for connections that are open; new ones are passed on.
    pub fn swallow_open(&self) {
        self.swallowed.send_modify(|number| *number += 1);
    }

    /// New connections are passed on again; those that fell in stay there.
    pub fn open(&self) {
        self.swallows_new.send_replace(false);
    }
}

async fn pass_on(
    mut client: TcpStream,
    socket: PathBuf,
    mut blackhole: watch::Receiver<usize>,
    is_open: bool,
) {
    if is_open {
        let Ok(mut server) = UnixStream::connect(&socket).await else {
            return;
        };
        tokio::select! {
            () = copy_both(&mut client, &mut server) => return,
            _ = blackhole.changed() => {}
        }
        // The server finds its connection silent too.
        hold(client, Some(server)).await;
    } else {
        hold(client, None).await;
    }
}

/// Keeps both ends open, and neither reads nor writes.
async fn hold(client: TcpStream, server: Option<UnixStream>) {
    std::future::pending::<()>().await;
    drop((client, server));
}

async fn copy_both(client: &mut TcpStream, server: &mut UnixStream) {
    let (mut from_client, mut from_server) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = client.read(&mut from_client) => match read {
                Ok(count) if count > 0 => {
                    if server.write_all(&from_client[..count]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
            read = server.read(&mut from_server) => match read {
                Ok(count) if count > 0 => {
                    if client.write_all(&from_server[..count]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}
