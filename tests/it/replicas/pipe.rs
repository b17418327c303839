//! A pipe to the database that can fall silent: what a connection says then goes nowhere, and nobody is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use url::Url;

/// A way to the database of its own.
pub struct Pipe {
    /// The database, by this way.
    pub url: String,
    silent: watch::Sender<bool>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Pipe {
    /// To the database of that address.
    pub async fn to(database: &str) -> Self {
        let target = Url::parse(database).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = by(&target, listener.local_addr().unwrap());
        let silent = watch::Sender::new(false);
        let heard = silent.subscribe();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = connect(&target).await;
                tokio::spawn(carry(client, server, heard.clone()));
            }
        });
        Self { url, silent }
    }

    /// Connections on which somebody listens for news fall silent, and new ones too, until it is told otherwise.
    pub fn is_silent(&self, silent: bool) {
        self.silent.send_replace(silent);
    }
}

/// The same database by another way.
fn by(target: &Url, address: SocketAddr) -> String {
    let mut url = target.clone();
    let kept: Vec<(String, String)> =
        target.query_pairs().filter(|(key, _)| key != "host").map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(address.port())).unwrap();
    url.to_string()
}

async fn connect(target: &Url) -> Box<dyn Stream> {
    let port = target.port().unwrap_or(5432);
    match target.query_pairs().find(|(key, _)| key == "host") {
        Some((_, folder)) => Box::new(UnixStream::connect(format!("{folder}/.s.PGSQL.{port}")).await.unwrap()),
        None => Box::new(TcpStream::connect((target.host_str().unwrap(), port)).await.unwrap()),
    }
}

async fn carry(client: TcpStream, server: Box<dyn Stream>, silent: watch::Receiver<bool>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = tokio::io::split(server);
    let listens = Arc::new(AtomicBool::new(false));
    let up = copy(from_client, to_server, Arc::clone(&listens), silent.clone());
    let down = copy(from_server, to_client, listens, silent);
    tokio::join!(up, down);
}

async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    listens: Arc<AtomicBool>,
    mut silent: watch::Receiver<bool>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let said = &buffer[..count];
        if said.windows(6).any(|word| word == b"LISTEN") {
            listens.store(true, Ordering::SeqCst);
        }
        if listens.load(Ordering::SeqCst) && silent.wait_for(|silent| !silent).await.is_err() {
            return;
        }
        if to.write_all(said).await.is_err() {
            return;
        }
    }
}
