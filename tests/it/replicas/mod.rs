//! Several replicas on one PostgreSQL.

mod news;
mod pipe;
