//! The HTTP client of the tests.

use reqwest::{Client, ClientBuilder};

/// A client that asks nobody for a proxy. The program brings no default for TLS, and the tests use its build of the client.
pub fn builder() -> ClientBuilder {
    // Somebody else in this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy()
}
