//! Files below a folder.

use std::fs;
use std::path::Path;

/// The bytes of all files below a folder, one after the other.
pub fn all_bytes(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => bytes.extend(all_bytes(&path)),
            // What was taken away meanwhile has none.
            Ok(kind) if kind.is_file() => bytes.extend(fs::read(&path).unwrap_or_default()),
            Ok(_) | Err(_) => {}
        }
    }
    bytes
}
