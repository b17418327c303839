//! Middleware that every request and every answer passes. None of it answers with `Err`: actix would
//! skip the layers outside it, and the security headers with them.

pub mod envelope;
pub mod public_path;
pub mod request_limits;
pub mod require_user;
pub mod same_site;
