//! Subcommands that ask a server over the network, with a token: nothing of the server's own machine is needed.

pub mod artefact;
pub mod completion;
mod exit;
mod login;
mod login_file;
mod options;
mod output;
pub mod release;
mod secret;
mod target;

pub use exit::Ended;
pub use login::{Login, Logout};
