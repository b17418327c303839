//! The listener of the server: its address, and how many connections it takes.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::num::NonZero;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use anyhow::Context;

use crate::config::Config;
use crate::http::Site;
use crate::http::middleware::envelope::envelope;
use crate::http::middleware::public_path::public_path;
use crate::pages::caches::PageCaches;
use crate::pages::routes;
use crate::{api, fd_limit};

/// How many connections may wait to be taken: as many as come at once when everybody opens the page at the same moment.
const BACKLOG: i32 = 1024;

/// How many files are left for everything that is no connection.
const OTHER_FILES: u64 = 512;

/// The most connections of one worker.
const MAX_CONNECTIONS: u64 = 25_000;

/// How long a client has to read the rest of an answer when its connection is closed.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Binds the address of a server: connections wait from then on.
pub fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    TcpListener::bind(&config.web.listen).with_context(|| format!("cannot listen on {}", config.web.listen))
}

/// The address at which this machine reaches a server that listens there.
pub fn own_address(listener: &TcpListener) -> anyhow::Result<SocketAddr> {
    let mut address = listener.local_addr()?;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok(address)
}

/// A server that answers there.
pub(super) fn listen(listener: TcpListener, site: Data<Site>) -> anyhow::Result<Server> {
    // The standard library asks for a shorter queue.
    rustix::net::listen(&listener, BACKLOG)?;
    let (web, connections) = (site.web.clone(), site.connections.clone());
    let caches = Data::new(PageCaches::default());
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(site.clone())
            .app_data(caches.clone())
            .service(api::scope(&site, api::operations))
            .service(api::release_management(&site))
            .service(routes::scope(&site))
            // The last is the outermost.
            .wrap(from_fn(public_path))
            .wrap(Compress::default())
            .wrap(from_fn(envelope))
    });
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let each = most_connections(fd_limit::raise(), workers);
    if !web.trust_proxy {
        connections.share(each * workers);
    }
    let server = server
        // Without it every answer in two pieces waits 40 ms.
        .tcp_nodelay(true)
        .disable_signals()
        .workers(workers)
        .max_connections(each)
        .shutdown_timeout(web.shutdown_timeout)
        .keep_alive(web.patience.keep_alive)
        .client_request_timeout(web.patience.head_timeout)
        .client_disconnect_timeout(LAST_WORDS)
        .on_connect(move |stream, data| connections.meet(stream, data))
        .listen(listener)?
        .run();
    Ok(server)
}

/// How many connections one of so many workers takes; who comes then waits until another has gone. A connection is two
/// open files, see [`crate::http::connections`].
fn most_connections(files: Option<u64>, workers: usize) -> usize {
    let room = files.map_or(u64::MAX, |files| files.saturating_sub(OTHER_FILES) / 2);
    let each = (room / u64::try_from(workers.max(1)).unwrap_or(1)).clamp(16, MAX_CONNECTIONS);
    usize::try_from(each).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_other_files() {
        assert_eq!(most_connections(Some(1024), 2), 128);
        assert_eq!(most_connections(Some(20_000), 2), 4_872);
        assert_eq!(most_connections(Some(100), 2), 16);
        assert_eq!(most_connections(None, 4), 25_000);
    }
}
