//! The release tasks of the demo: the YAML files of the folder `demo`, which are also the examples of the format.

use std::net::SocketAddr;

use crate::format::{self, Document, Finding};

/// Name and text of each file.
pub const FILES: [(&str, &str); 8] = [
    ("shop-web-release.yaml", include_str!("../../demo/shop-web-release.yaml")),
    ("flaky-migration.yaml", include_str!("../../demo/flaky-migration.yaml")),
    ("go-live-trigger.yaml", include_str!("../../demo/go-live-trigger.yaml")),
    ("two-approvers.yaml", include_str!("../../demo/two-approvers.yaml")),
    ("best-effort-fleet.yaml", include_str!("../../demo/best-effort-fleet.yaml")),
    ("long-running.yaml", include_str!("../../demo/long-running.yaml")),
    ("service-check.yaml", include_str!("../../demo/service-check.yaml")),
    ("shop-components.yaml", include_str!("../../demo/shop-components.yaml")),
];

/// The same of what is released to hosts, where the demo has some.
const ON_HOSTS: (&str, &str) = ("shop-edge.yaml", include_str!("../../demo/shop-edge.yaml"));

/// The address of the demo as the files have it.
const ADDRESS: &str = "127.0.0.1:8080";

/// Every release task of the demo, for a demo that can be reached at that address; or what is wrong with a file and its name.
pub fn all(address: SocketAddr) -> Result<Vec<Document>, (&'static str, Vec<Finding>)> {
    let read = |(name, text): (&'static str, &str)| {
        format::parse(&text.replace(ADDRESS, &address.to_string())).map_err(|findings| (name, findings))
    };
    let documents: Result<Vec<_>, _> = FILES.into_iter().map(read).collect();
    Ok(documents?.concat())
}

/// The release tasks for hosts; or what is wrong with the file and its name.
pub fn on_hosts() -> Result<Vec<Document>, (&'static str, Vec<Finding>)> {
    let (name, text) = ON_HOSTS;
    format::parse(text).map_err(|findings| (name, findings))
}

#[cfg(test)]
mod tests;
