//! The release tasks of the demo: the YAML files of the folder `demo`, which are also the examples of the format.

use crate::format::{self, Document, Finding};

/// Name and text of each file.
pub const FILES: [(&str, &str); 6] = [
    ("shop-web-release.yaml", include_str!("../../demo/shop-web-release.yaml")),
    ("flaky-migration.yaml", include_str!("../../demo/flaky-migration.yaml")),
    ("go-live-trigger.yaml", include_str!("../../demo/go-live-trigger.yaml")),
    ("two-approvers.yaml", include_str!("../../demo/two-approvers.yaml")),
    ("best-effort-fleet.yaml", include_str!("../../demo/best-effort-fleet.yaml")),
    ("long-running.yaml", include_str!("../../demo/long-running.yaml")),
];

/// Every release task of the demo, or what is wrong with a file and its name.
pub fn all() -> Result<Vec<Document>, (&'static str, Vec<Finding>)> {
    let mut documents = Vec::new();
    for (name, text) in FILES {
        documents.extend(format::parse(text).map_err(|findings| (name, findings))?);
    }
    Ok(documents)
}

#[cfg(test)]
mod tests;
