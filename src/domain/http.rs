//! Failures of outgoing HTTP requests, as data.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// What addresses of a network are for, other than the public internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The machine itself.
    ThisHost,
    /// Networks that are not part of the internet.
    Private,
    /// The same wire, the metadata of clouds among it.
    LinkLocal,
    /// Metadata of a cloud at a public address.
    Metadata,
    /// Protocols of the internet's own.
    Protocols,
    /// Documentation and measurements.
    Documentation,
    /// Many at once.
    Multicast,
    /// Nothing yet, or nothing any more.
    Reserved,
}

/// Why a certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateFault {
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotValidYet,
    /// It is for other names.
    OtherName,
    /// Nobody whom this machine trusts has signed it.
    UnknownIssuer,
    /// It was revoked.
    Revoked,
    /// Anything else, in the words of the library.
    Other(String),
}

/// Why there is no answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum HttpFailure {
    /// The address is none that requests can go to: only `http` and `https` with a host, without a user.
    BadUrl {
        /// As it was given.
        url: String,
    },
    /// A header is none that can be sent.
    BadHeader {
        /// Its name.
        name: String,
    },
    /// It leads to a network for a special purpose, which nobody has allowed.
    NotAllowed {
        /// The host of the address.
        host: String,
        /// Where that is.
        address: IpAddr,
        /// What that is for.
        purpose: Purpose,
    },
    /// The name has no address.
    UnknownHost {
        /// The name.
        host: String,
    },
    /// The answer leads to another host, or from https to http, and nobody said that it may.
    OtherHost {
        /// The host that was asked.
        from: String,
        /// Where its answer leads.
        to: String,
    },
    /// Each answer leads on.
    TooManyRedirects {
        /// How many were followed.
        followed: usize,
    },
    /// No connection.
    NotConnected {
        /// The host.
        host: String,
        /// In the words of the system.
        problem: String,
    },
    /// The certificate of the host is not trusted.
    Certificate {
        /// The host.
        host: String,
        /// Why.
        fault: CertificateFault,
    },
    /// There was no whole answer in time.
    Timeout {
        /// The time, in milliseconds.
        after_ms: u64,
    },
    /// The connection broke, or what came is no HTTP.
    Broken {
        /// In the words of the library.
        problem: String,
    },
}
