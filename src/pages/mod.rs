//! The pages. A handler reads what was sent, calls an operation or reads what a page shows, and makes a reply of it; it
//! decides nothing, and never calls the engine.
//!
//! A noun is a folder: the handlers, the view models that its templates render, the presenters that fill them, and the forms
//! that it takes: how large each may be, and which of its fields are given back after a failure ([`forms`]). What several
//! nouns use is in [`components`].

pub mod account;
pub mod activity;
pub mod api_reference;
pub mod applications;
pub mod approvals;
pub mod audit;
pub mod blanking;
pub mod bulk;
pub mod caches;
pub mod channels;
pub mod components;
pub mod decisions;
pub mod deleted;
pub mod deliveries;
pub mod editor;
pub mod environments;
pub mod errors;
pub mod executions;
pub mod forms;
pub mod invitations;
mod kinds;
pub mod links;
pub mod mail;
pub mod members;
pub mod merges;
pub mod operations;
pub mod overview;
pub mod page_cookies;
pub mod places;
pub mod regions;
pub mod release_tasks;
pub mod replicas;
pub mod resets;
pub mod routes;
pub mod secrets;
pub mod sessions;
pub mod setup;
pub mod storage;
pub mod task_runs;
pub mod tokens;
pub mod users;
