//! Check of an address that somebody types: whether the server may send requests there, as far as that is known at once.

use std::net::IpAddr;
use std::sync::Arc;

use crate::domain::channels::ChannelFault;
use crate::domain::http::Purpose;

/// Answers for an address why no request goes there.
pub type AddressRule = dyn Fn(&str) -> Option<(IpAddr, Purpose)> + Send + Sync;

/// Tells while somebody saves an address what would be told at each delivery.
#[derive(Clone)]
pub struct AddressCheck(Arc<AddressRule>);

impl AddressCheck {
    /// One by that rule.
    pub fn by(rule: impl Fn(&str) -> Option<(IpAddr, Purpose)> + Send + Sync + 'static) -> Self {
        Self(Arc::new(rule))
    }

    pub(super) fn fault(&self, address: &str) -> Option<ChannelFault> {
        (self.0)(address).map(|(address, purpose)| ChannelFault::AddressNotAllowed { address, purpose })
    }
}

/// Knows of nothing that is refused: for whoever sends no requests.
impl Default for AddressCheck {
    fn default() -> Self {
        Self::by(|_| None)
    }
}
