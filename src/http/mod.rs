//! The server: what every request passes and every answer is made of, whatever it shows. It knows no page and no operation
//! of the API; [`pages`](crate::pages) and [`api`](crate::api) are built on it.

pub mod assets;
pub mod body;
pub mod compact;
pub mod compressed_text;
pub mod connections;
pub mod cookies;
pub mod error;
mod form_errors;
pub mod forwarded;
pub mod health;
pub mod limits;
pub mod middleware;
pub mod problem;
pub mod response;
pub mod session;
pub mod throttle;

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::cookie::Key;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::passwords::{HashPermit, HashQueue, Requester};
use crate::config::WebConfig;
use crate::data_layout::DataLayout;
use compressed_text::FrameCache;
use connections::Connections;
use error::HttpError;
use limits::SignInLimits;
use limits::api::ApiLimits;
use session::Sessions;

/// What every handler is given.
pub struct Site {
    /// What every operation needs: the database, the time, the wake-up of the engine, and what is new.
    pub app: App,
    /// Where logs lie.
    pub folders: DataLayout,
    /// Which replica this is.
    pub replica: String,
    /// How we are reached.
    pub web: WebConfig,
    /// Who is connected.
    pub connections: Connections,
    /// What is remembered of sessions.
    pub sessions: Sessions,
    /// Signs the cookies of sessions; the same for all replicas.
    pub cookie_key: Key,
    /// The limits of sign-ins.
    pub limits: SignInLimits,
    /// Those of the API.
    pub api_limits: ApiLimits,
    /// Who waits there for a password to be hashed.
    pub hash_queue: HashQueue,
    /// The description of the API, as JSON.
    pub description: &'static str,
    /// What is around the parts of pages that many watch, compressed.
    pub frames: FrameCache,
    stopping: CancellationToken,
}

impl Site {
    /// A site on a database, whose cookies are signed with what is made of that secret.
    pub fn new(app: App, folders: DataLayout, replica: String, web: WebConfig, cookie_key: &str) -> Self {
        Self {
            app,
            folders,
            replica,
            connections: Connections::new(web.patience),
            api_limits: ApiLimits::new(&web.api_limits),
            web,
            sessions: Sessions::default(),
            cookie_key: Key::derive_from(cookie_key.as_bytes()),
            limits: SignInLimits::default(),
            hash_queue: HashQueue::default(),
            description: "{}",
            frames: FrameCache::default(),
            stopping: CancellationToken::new(),
        }
    }

    /// From now on every answer is the last on its connection, and who waits for something to change is answered at once, so that
    /// nobody who watches holds up the end.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Whether the server is about to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Waits until it is.
    pub async fn stopped(&self) {
        self.stopping.cancelled().await;
    }

    /// The address that a request comes from, as far as it can be believed.
    pub fn ip(&self, request: &HttpRequest) -> Option<IpAddr> {
        let said = || forwarded::client(request.headers());
        let peer = || request.peer_addr().map(|address| address.ip());
        if self.web.trust_proxy { said().or_else(peer) } else { peer() }
    }

    /// Waits until a password may be hashed for that request; hold it until that is done.
    pub async fn turn(&self, caller: Requester, request: &HttpRequest) -> Result<HashPermit<'_>, HttpError> {
        // Whoever is gone reads no answer: any will do.
        self.hash_queue.turn(caller, || connections::is_gone(request)).await.map_err(|_| HttpError::QueueFull)
    }

    /// Its address in words, for the audit.
    pub fn address(&self, request: &HttpRequest) -> Option<String> {
        self.ip(request).map(|ip| ip.to_string())
    }
}
