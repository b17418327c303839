//! Secrets that are kept encrypted, and the key file without which none is read.

mod given;
mod machine;
mod rotation;
mod start;
mod store;
