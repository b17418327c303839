//! Outgoing HTTP: the one client through which every request to others goes.
//!
//! A URL that somebody typed must not make this server ask what only this server can reach: its own machine, networks
//! behind it, the metadata of a cloud. So the client resolves each name itself, refuses addresses in networks for special
//! purposes ([`networks`]) that no administrator has allowed, and connects to the very addresses that it has looked at: a
//! name that resolves otherwise a moment later changes nothing. It follows redirects itself, and looks at each in the
//! same way. Answers are bounded in size and in time.

mod networks;

use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode, Url};
use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, ClientConfig};
use rustls_platform_verifier::{BuilderVerifierExt as _, Verifier};
use tokio::net::lookup_host;
use tokio::time::{Instant, timeout_at};

pub use networks::{AllowedNetwork, NotANetwork, purpose};

use crate::domain::http::{CertificateFault, HttpFailure, Purpose};

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// Sends requests.
#[derive(Debug, Clone)]
pub struct HttpClient {
    tls: ClientConfig,
    allowed: Arc<[AllowedNetwork]>,
}

/// Whether answers may lead to another host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// Nowhere: the answer that would lead on is the answer.
    Never,
    /// Only to other pages of the same host, and not from https to http.
    SameHost,
    /// Anywhere that requests may go. Credentials are not sent to another host.
    AnyHost,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// How.
    pub method: Method,
    /// Where.
    pub url: String,
    /// Further headers.
    pub headers: HeaderMap,
    /// The body, empty for none.
    pub body: Vec<u8>,
    /// Where answers may lead.
    pub redirects: Redirects,
    /// Time until the whole answer is there, redirects included.
    pub timeout: Duration,
    /// Bytes of the answer's body that are kept; the rest is not read, and with 0 nothing of it.
    pub max_body: usize,
}

/// What came.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// The begin of its body.
    pub body: Vec<u8>,
    /// Whether there was more of it.
    pub is_cut: bool,
    /// From the begin of the request to the end of what was read.
    pub took: Duration,
}

/// A host, and the addresses of it that were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedHost {
    /// Its name, or its address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Each may be connected to.
    pub addresses: Vec<SocketAddr>,
}

impl HttpRequest {
    /// A GET with these bounds.
    pub fn get(url: impl Into<String>, timeout: Duration, max_body: usize) -> Self {
        Self {
            method: Method::GET,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            redirects: Redirects::SameHost,
            timeout,
            max_body,
        }
    }
}

impl HttpClient {
    /// One that trusts the certificates that this machine trusts, and goes to the public internet and to these networks.
    pub fn new(allowed: impl IntoIterator<Item = AllowedNetwork>) -> Result<Self, rustls::Error> {
        Ok(Self { tls: tls(None)?, allowed: allowed.into_iter().collect() })
    }

    /// One that trusts these certificates too, for tests.
    pub fn trusting(
        certificates: impl IntoIterator<Item = CertificateDer<'static>>,
        allowed: impl IntoIterator<Item = AllowedNetwork>,
    ) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Verifier::new_with_extra_roots(certificates, provider)?;
        Ok(Self { tls: tls(Some(verifier))?, allowed: allowed.into_iter().collect() })
    }

    /// Why no request goes to a URL, as far as that can be known without asking anybody for the address of a name.
    pub fn known_refusal(&self, url: &str) -> Option<(IpAddr, Purpose)> {
        let url = checked(url).ok()?;
        let host = host(&url);
        let is_local = host == "localhost" || host.ends_with(".localhost");
        let address = if is_local { Ok(IpAddr::from(Ipv4Addr::LOCALHOST)) } else { host.parse::<IpAddr>() };
        let address = SocketAddr::new(address.ok()?, url.port_or_known_default().unwrap_or_default());
        Some((address.ip(), self.refused(address)?))
    }

    /// The host of a URL with its addresses, for a program of others that must connect to these alone.
    pub async fn pinned(&self, url: &str) -> Result<PinnedHost, HttpFailure> {
        let url = checked(url)?;
        let addresses = self.addresses(&url).await?;
        Ok(PinnedHost { host: host(&url), port: url.port_or_known_default().unwrap_or_default(), addresses })
    }

    fn refused(&self, address: SocketAddr) -> Option<Purpose> {
        purpose(address.ip()).filter(|_| !self.allowed.iter().any(|network| network.contains(address)))
    }

    /// Sends a request and reads the answer, within the request's time.
    pub async fn send(&self, request: &HttpRequest) -> Result<HttpAnswer, HttpFailure> {
        let began = Instant::now();
        match timeout_at(began + request.timeout, self.follow(request, began)).await {
            Ok(answer) => answer,
            Err(_) => {
                Err(HttpFailure::Timeout { after_ms: u64::try_from(request.timeout.as_millis()).unwrap_or(u64::MAX) })
            }
        }
    }

    async fn follow(&self, request: &HttpRequest, began: Instant) -> Result<HttpAnswer, HttpFailure> {
        let mut url = checked(&request.url)?;
        let mut asked =
            Asked { method: request.method.clone(), headers: request.headers.clone(), body: request.body.clone() };
        for _ in 0..=MAX_REDIRECTS {
            let addresses = self.addresses(&url).await?;
            let response = self.ask(&url, &addresses, &asked).await?;
            if request.redirects == Redirects::Never {
                return answer(response, request.max_body, began).await;
            }
            let Some(next) = location(&response)? else { return answer(response, request.max_body, began).await };
            if !is_same_host(&url, &next) {
                if request.redirects == Redirects::SameHost {
                    return Err(HttpFailure::OtherHost { from: origin(&url), to: origin(&next) });
                }
                asked.headers = asked.headers.iter().filter(|header| may_leave(*header)).map(cloned).collect();
            }
            // As browsers do: what was asked is asked again by GET, unless the answer says that it must not.
            if !matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT)
                && asked.method != Method::HEAD
            {
                (asked.method, asked.body) = (Method::GET, Vec::new());
            }
            url = next;
        }
        Err(HttpFailure::TooManyRedirects { followed: MAX_REDIRECTS })
    }

    /// The addresses of a URL's host, of which each may be connected to.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, HttpFailure> {
        let (host, port) = (host(url), url.port_or_known_default().unwrap_or_default());
        let unknown = || HttpFailure::UnknownHost { host: host.clone() };
        let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => lookup_host((host.as_str(), port)).await.map_err(|_| unknown())?.collect(),
        };
        let refused = |address: &SocketAddr| self.refused(*address);
        let (public, special): (Vec<SocketAddr>, Vec<SocketAddr>) =
            found.into_iter().partition(|address| refused(address).is_none());
        match special.first().and_then(|address| Some((address.ip(), refused(address)?))) {
            // A name with a public address beside a private one is as suspicious as one with the private one alone.
            Some((address, purpose)) => Err(HttpFailure::NotAllowed { host, address, purpose }),
            None if public.is_empty() => Err(unknown()),
            None => Ok(public),
        }
    }

    /// Asks one of those addresses. Nothing of a connection is kept for the next request, which looks at addresses anew.
    async fn ask(&self, url: &Url, addresses: &[SocketAddr], asked: &Asked) -> Result<Response, HttpFailure> {
        let failed = |problem: &reqwest::Error| failure(url, problem);
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .pool_max_idle_per_host(0)
            .resolve_to_addrs(&host(url), addresses)
            .tls_backend_preconfigured(self.tls.clone())
            .build()
            .map_err(|problem| failed(&problem))?;
        let request = client.request(asked.method.clone(), url.clone()).headers(asked.headers.clone());
        let request = if asked.body.is_empty() { request } else { request.body(asked.body.clone()) };
        request.send().await.map_err(|problem| failed(&problem))
    }
}

/// What is asked of one URL after another, until one does not lead on.
struct Asked {
    method: Method,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// TLS that trusts the certificates that this machine trusts.
pub fn machine_trust() -> Result<ClientConfig, rustls::Error> {
    tls(None)
}

fn tls(verifier: Option<Verifier>) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = match verifier {
        None => builder.with_platform_verifier()?,
        Some(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
    };
    Ok(builder.with_no_client_auth())
}

fn checked(url: &str) -> Result<Url, HttpFailure> {
    let bad = || HttpFailure::BadUrl { url: url.to_owned() };
    let url = Url::parse(url.trim()).map_err(|_| bad())?;
    is_askable(&url).then_some(url).ok_or_else(bad)
}

fn is_askable(url: &Url) -> bool {
    let scheme = matches!(url.scheme(), "http" | "https");
    scheme && url.has_host() && url.username().is_empty() && url.password().is_none()
}

/// The host, an IPv6 address without its brackets.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn is_same_host(from: &Url, to: &Url) -> bool {
    let port = |url: &Url| url.port_or_known_default();
    let is_raised = (from.scheme(), to.scheme()) == ("http", "https");
    host(from) == host(to) && (is_raised || (from.scheme() == to.scheme() && port(from) == port(to)))
}

/// Whether a header may go to another host: what signs in here, and what is marked as sensitive, may not.
fn may_leave((name, value): (&HeaderName, &HeaderValue)) -> bool {
    name != AUTHORIZATION && name != COOKIE && !value.is_sensitive()
}

fn cloned((name, value): (&HeaderName, &HeaderValue)) -> (HeaderName, HeaderValue) {
    (name.clone(), value.clone())
}

/// Where an answer leads, if it does.
fn location(response: &Response) -> Result<Option<Url>, HttpFailure> {
    let leads = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let Some(value) = response.headers().get(LOCATION).filter(|_| leads) else { return Ok(None) };
    let said = String::from_utf8_lossy(value.as_bytes()).into_owned();
    match response.url().join(&said) {
        Ok(next) if is_askable(&next) => Ok(Some(next)),
        Ok(_) | Err(_) => Err(HttpFailure::BadUrl { url: said }),
    }
}

async fn answer(mut response: Response, max_body: usize, began: Instant) -> Result<HttpAnswer, HttpFailure> {
    let (status, headers) = (response.status(), response.headers().clone());
    let (mut body, mut is_cut) = (Vec::new(), false);
    let url = response.url().clone();
    // Who wants nothing of it waits for nothing of it, however slowly it comes.
    if max_body == 0 {
        return Ok(HttpAnswer { status, headers, body, is_cut, took: began.elapsed() });
    }
    while let Some(chunk) = response.chunk().await.map_err(|problem| failure(&url, &problem))? {
        let fits = chunk.len().min(max_body - body.len());
        body.extend_from_slice(&chunk[..fits]);
        if fits < chunk.len() {
            is_cut = true;
            break;
        }
    }
    Ok(HttpAnswer { status, headers, body, is_cut, took: began.elapsed() })
}

fn failure(url: &Url, problem: &reqwest::Error) -> HttpFailure {
    let (mut causes, mut next): (Vec<&(dyn Error + 'static)>, Option<&(dyn Error + 'static)>) =
        (Vec::new(), Some(problem));
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    let host = host(url);
    if let Some(fault) = causes.iter().find_map(|cause| certificate_fault(*cause)) {
        return HttpFailure::Certificate { host, fault };
    }
    // The outer ones say no more than that there was an error.
    let problem_in_words = causes.last().map_or_else(String::new, ToString::to_string);
    if problem.is_connect() {
        HttpFailure::NotConnected { host, problem: problem_in_words }
    } else {
        HttpFailure::Broken { problem: problem_in_words }
    }
}

fn certificate_fault(cause: &(dyn Error + 'static)) -> Option<CertificateFault> {
    // What an error of input and output wraps is none of its causes.
    if let Some(wrapped) = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return certificate_fault(wrapped);
    }
    let error = cause.downcast_ref::<rustls::Error>()?;
    let rustls::Error::InvalidCertificate(invalid) = error else { return None };
    Some(match invalid {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertificateFault::NotValidYet,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::OtherName
        }
        CertificateError::UnknownIssuer => CertificateFault::UnknownIssuer,
        CertificateError::Revoked => CertificateFault::Revoked,
        other => CertificateFault::Other(other.to_string()),
    })
}

#[cfg(test)]
mod tests;
