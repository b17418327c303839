//! Errors of the system as values that the rules know, and those values within errors: the rules have no I/O.

use std::io;

use crate::domain::failure_cause::IoFault;

impl IoFault {
    /// An error of that kind that carries it.
    pub fn error(self, kind: io::ErrorKind) -> io::Error {
        io::Error::new(kind, self)
    }
}

/// What an error of ours carries, or what the system said.
impl From<&io::Error> for IoFault {
    fn from(error: &io::Error) -> Self {
        let ours = error.get_ref().and_then(|carried| carried.downcast_ref::<Self>());
        ours.cloned().unwrap_or_else(|| Self::System(error.to_string()))
    }
}

impl From<io::Error> for IoFault {
    fn from(error: io::Error) -> Self {
        Self::from(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_ours_gives_back_what_it_carries() {
        let fault = IoFault::TooLong { most: 4 };
        assert_eq!(IoFault::from(fault.clone().error(io::ErrorKind::InvalidData)), fault);
        assert_eq!(IoFault::from(io::Error::other("odd")), IoFault::System("odd".to_owned()));
    }
}
