//! Sessions of browsers. `actix-session` keeps the cookie, in [`store`], and the database the session, by the hash of the secret
//! in that cookie; [`cache`] is what is remembered of it, and [`cookie`] chooses where a browser sends more than one.

mod cache;
mod cookie;
mod store;

use std::cell::RefCell;
use std::sync::Arc;

use actix_session::SessionExt;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use anyhow::anyhow;
use futures_util::future::{Ready, ready};
use subtle::ConstantTimeEq;

use crate::app::sessions::{FormerSession, From};
use crate::app::{App, Caller, secret};
use crate::domain::execution::Moment;
use crate::domain::ids::SessionId;
use crate::domain::people::User;
use crate::http::Site;
use crate::http::error::HttpError;

pub use cache::{Sessions, SignedIn};
pub use store::{DatabaseSessionStore, middleware};

/// Name of the cookie.
pub const COOKIE: &str = "tollgate";

/// The reader, in every handler that has one. An operation looks them up again in its own transaction.
#[derive(Debug, Clone)]
pub struct CurrentUser(Arc<SignedIn>);

impl CurrentUser {
    /// Who they are, with their roles as of a moment ago.
    pub fn user(&self) -> &User {
        &self.0.user
    }

    /// Their session.
    pub fn session(&self) -> SessionId {
        self.0.session
    }

    /// Whether the session still lasts, as the database has it.
    pub async fn is_signed_in(&self, app: &App) -> Result<bool, HttpError> {
        Ok(app.session(&self.0.key_hash).await?.is_some())
    }

    /// Whether they were invited to a team, as of a moment ago, and gave no answer yet.
    pub fn is_invited(&self, now: Moment) -> bool {
        self.0.invited_until.is_some_and(|until| now < until)
    }

    /// What proves that we wrote a text for this session.
    pub fn signature(&self, text: &str) -> String {
        secret::hexadecimal(&secret::signed(&self.0.key_hash, text))
    }

    /// Whether that is its signature.
    pub fn has_signed(&self, text: &str, signature: &str) -> bool {
        self.signature(text).as_bytes().ct_eq(signature.as_bytes()).into()
    }

    /// Who asks for an operation, and from where.
    pub fn caller(&self, site: &Site, request: &HttpRequest) -> Caller {
        Caller::User { user: Arc::clone(&self.0.user), address: site.ip(request) }
    }

    /// The reader of a request that passed [`super::middleware::require_user`].
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}

impl FromRequest for CurrentUser {
    type Error = HttpError;
    type Future = Ready<Result<Self, HttpError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or(HttpError::SignedOut))
    }
}

tokio::task_local! {
    /// What the store found out for the request at hand. `actix-session` has no room in a session for a person, and would
    /// answer a failure itself, without our page and headers.
    static FOUND: RefCell<Found>;
}

/// Whose the session of a request is.
#[derive(Default)]
enum Found {
    /// There is none, or it is over.
    #[default]
    Nobodys,
    /// Theirs.
    Of(CurrentUser),
    /// It could not be looked up; the error is told once.
    Unknown(Option<HttpError>),
}

impl Found {
    /// Keeps it for [`reader`].
    fn keep(self) {
        // Outside of `find_reader` nobody asks.
        let _ = FOUND.try_with(|found| found.replace(self));
    }
}

/// Around [`middleware`]: one cookie is left of several, and room for what the store finds.
pub async fn find_reader<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match cookie::choose(&mut request).await {
        Ok(()) => Ok(FOUND.scope(RefCell::default(), next.call(request)).await?.map_into_left_body()),
        Err(error) => Ok(request.error_response(error).map_into_right_body()),
    }
}

/// The person who sent a request, if somebody is signed in, and notes that they did something. A page that refreshes
/// itself is nobody doing anything: it would keep a forgotten screen signed in.
pub fn reader(request: &HttpRequest) -> Result<Option<CurrentUser>, HttpError> {
    let found = FOUND.try_with(|found| match &mut *found.borrow_mut() {
        Found::Nobodys => Ok(None),
        Found::Of(person) => Ok(Some(person.clone())),
        Found::Unknown(error) => {
            Err(error.take().unwrap_or_else(|| anyhow!("whose session it is is not known").into()))
        }
    });
    let found = found.unwrap_or(Ok(None))?;
    if let (Some(person), Some(site)) = (&found, request.app_data::<Data<Site>>())
        && !refreshes_itself(request)
    {
        let now = site.app.clock.now();
        if person.0.is_used(now) {
            note(site, person, now);
        }
    }
    Ok(found)
}

fn refreshes_itself(request: &HttpRequest) -> bool {
    super::response::is_htmx(request) && request.query_string().split('&').any(|pair| pair.starts_with("seen="))
}

/// Writes down that the session was used at that time, while the answer goes out: however late it is written, it lasts no longer.
fn note(site: &Data<Site>, person: &CurrentUser, used: Moment) {
    let (app, person) = (site.app.clone(), Arc::clone(&person.0));
    actix_web::rt::spawn(async move {
        if let Err(error) = app.touch_session(&person.key_hash, used, person.expires_at).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not record last use of session");
        }
    });
}

/// Where a request comes from, for a new session.
pub fn from(site: &Site, request: &HttpRequest) -> Result<From, HttpError> {
    let user_agent = request.headers().get("user-agent").and_then(|value| value.to_str().ok());
    Ok(From {
        address: site.address(request),
        user_agent: user_agent.map(|agent| agent.chars().take(256).collect()),
        before: reader(request)?.map(|person| FormerSession { user: person.user().id, session: person.session() }),
    })
}

/// Gives the browser the key of the session that an operation has begun, instead of any that it had.
pub fn begin(request: &HttpRequest, key: &str) -> Result<(), HttpError> {
    let session = request.get_session();
    session.renew();
    Ok(session.insert(store::KEY, key).map_err(anyhow::Error::from)?)
}

/// Makes the browser forget the session that an operation has ended.
pub fn forget(request: &HttpRequest) {
    request.get_session().purge();
}
