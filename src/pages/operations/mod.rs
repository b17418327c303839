//! The operations on a release task. GET asks first, POST does it; each is refused by the policy that offers it.

mod clone;
mod delete;
pub(super) mod form;
mod order;
mod roll_back;
mod skip;
mod terminate;
pub mod view;

pub use clone::{create as create_clone, new as new_clone};
pub use delete::{create as create_deletion, new as new_deletion};
pub use order::{create_continuation, create_pause, create_retry};
pub use roll_back::{create as create_roll_back, new as new_roll_back};
pub use skip::{create as create_skip, new as new_skip};
pub use terminate::{create as create_termination, new as new_termination};
