//! How many files the program may have open at once. Every connection is two, and the usual 1,024 are soon used up, while
//! the machine allows many more to whoever asks.

use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the limit was before it was raised.
static BEFORE: OnceLock<Option<u64>> = OnceLock::new();

/// Raises the limit as far as the machine allows it; answers what it is now, nothing if there is none.
pub fn raise() -> Option<u64> {
    let now = getrlimit(Resource::Nofile);
    BEFORE.get_or_init(|| now.current);
    let raised = Rlimit { current: now.maximum, ..now };
    if setrlimit(Resource::Nofile, raised).is_ok() { raised.current } else { now.current }
}

/// What it was, for the scripts that are started: some programs take long over every file that they might have open.
pub fn before() -> Option<u64> {
    BEFORE.get().copied().flatten()
}

/// Lowers it again, for this process and all that it starts.
pub fn lower(to: u64) {
    let now = getrlimit(Resource::Nofile);
    // A lower limit is never refused.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(to), ..now });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_as_far_as_it_goes_and_what_it_was_is_known() {
        let began = getrlimit(Resource::Nofile);
        assert_eq!(raise(), began.maximum);
        assert_eq!(raise(), began.maximum);
        assert_eq!(getrlimit(Resource::Nofile).current, began.maximum);
        assert_eq!(before(), began.current);
    }
}
