//! A network between the program and PostgreSQL that does what a test wants.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tollgate::store::Store;

use crate::db::Db;

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Everything comes through.
    Through,
    /// There is nobody at the address any more, and all connections end.
    Gone,
    /// Everything is swallowed; nothing ends.
    Frozen,
    /// Everything of the connections that there are is swallowed for ever; new ones are sound, as behind a firewall that
    /// was started again.
    Forgotten,
    /// Every piece takes 20 ms each way.
    Slow,
    /// The next commit reaches PostgreSQL, and its answer is lost with the connection.
    LosesTheAnswerToACommit,
}

/// The network.
pub struct Proxy {
    address: SocketAddr,
    manner: watch::Sender<Manner>,
    database: String,
    task: JoinHandle<()>,
}

/// How many connections may wait to be accepted.
const QUEUE: u32 = 128;

#[derive(Clone)]
enum Server {
    Socket(PathBuf),
    Address(String),
}

impl Proxy {
    /// In front of the database of a test.
    pub fn before(db: &Db) -> Self {
        let url = url::Url::parse(&db.url).unwrap();
        let said = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let server = match said("host") {
            Some(folder) => Server::Socket(PathBuf::from(folder).join(".s.PGSQL.5432")),
            None => Server::Address(format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432))),
        };
        let user = said("user").unwrap_or_else(|| url.username().to_owned());
        let password = url.password().map_or(String::new(), |password| format!(":{password}"));
        let place = bound_to("127.0.0.1:0".parse().unwrap());
        let address = place.local_addr().unwrap();
        let database = format!("postgres://{user}{password}@{address}{}", url.path());
        let (manner, seen) = watch::channel(Manner::Through);
        let listener = bound_to(address).listen(QUEUE).unwrap();
        let task = tokio::spawn(listen(place, listener, server, seen, manner.clone()));
        Self { address, manner, database, task }
    }

    /// The same database, reached through it.
    pub async fn db(&self) -> Db {
        Db { store: Store::connect(&self.database).await.unwrap(), url: self.database.clone() }
    }

    /// From now on it is like this.
    pub fn is(&self, manner: Manner) {
        self.manner.send_replace(manner);
    }

    /// Its port, at which nobody may be.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A socket at that address. Others of ours may be there too, and nobody else.
fn bound_to(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.set_reuseport(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

/// Keeps the place all the time, so that nobody else is given its port, and listens there while it is not to be gone.
async fn listen(
    place: TcpSocket,
    listener: TcpListener,
    server: Server,
    mut seen: watch::Receiver<Manner>,
    manner: watch::Sender<Manner>,
) {
    let address = place.local_addr().unwrap();
    let mut listener = Some(listener);
    loop {
        let gone = *seen.borrow_and_update() == Manner::Gone;
        if gone {
            listener = None;
        } else if listener.is_none() {
            listener = Some(bound_to(address).listen(QUEUE).unwrap());
        }
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await.unwrap().0,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = seen.changed() => if changed.is_err() { return },
            client = accepted => {
                let (server, seen, manner) = (server.clone(), seen.clone(), manner.clone());
                tokio::spawn(async move {
                    match server {
                        Server::Socket(path) => {
                            if let Ok(server) = UnixStream::connect(path).await {
                                join(client, server, seen, manner).await;
                            }
                        }
                        Server::Address(address) => {
                            if let Ok(server) = TcpStream::connect(address).await {
                                join(client, server, seen, manner).await;
                            }
                        }
                    }
                });
            }
        }
    }
}

async fn join<C, S>(client: C, server: S, mut seen: watch::Receiver<Manner>, manner: watch::Sender<Manner>)
where
    C: AsyncRead + AsyncWrite,
    S: AsyncRead + AsyncWrite,
{
    let fresh = *seen.borrow() == Manner::Forgotten;
    let (mut from_client, mut to_client) = tokio::io::split(client);
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (deafened, mut deaf) = watch::channel(false);
    let up = async {
        let mut seen = manner.subscribe();
        let mut piece = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from_client.read(&mut piece).await {
            through(&mut seen, fresh).await;
            let commits = piece[..length].windows(6).any(|word| word == b"COMMIT");
            if commits && manner.send_if_modified(takes_the_answer) {
                deafened.send_replace(true);
            }
            if to_server.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    };
    let down = async {
        let mut seen = manner.subscribe();
        let mut piece = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from_server.read(&mut piece).await {
            through(&mut seen, fresh).await;
            if *deaf.borrow_and_update() || to_client.write_all(&piece[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = up => {}
        () = down => {}
        _ = seen.wait_for(|manner| *manner == Manner::Gone) => {}
    }
}

/// Once, and then everything comes through again.
fn takes_the_answer(manner: &mut Manner) -> bool {
    let takes = *manner == Manner::LosesTheAnswerToACommit;
    if takes {
        *manner = Manner::Through;
    }
    takes
}

async fn through(seen: &mut watch::Receiver<Manner>, fresh: bool) {
    let now = *seen.wait_for(|manner| *manner != Manner::Frozen).await.unwrap();
    if now == Manner::Forgotten && !fresh {
        std::future::pending::<()>().await;
    }
    if now == Manner::Slow {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
