//! Patience with a server that is away: how long it is asked again, and who is told of it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::ClientError;

/// The first rest between two requests, which doubles.
const FIRST_REST: Duration = Duration::from_millis(200);
/// The longest rest of our own.
const LONGEST_REST: Duration = Duration::from_secs(5);

/// How long a server that is away is asked again.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    most: Duration,
    tell: fn(&ClientError),
}

impl Patience {
    /// For so long; of the first failure somebody is told.
    pub fn of(most: Duration, tell: fn(&ClientError)) -> Self {
        Self { most, tell }
    }

    pub(super) fn begin(self) -> AskingAgain {
        AskingAgain { patience: self, since: None, rest: FIRST_REST }
    }
}

/// One request that is asked again.
pub struct AskingAgain {
    patience: Patience,
    since: Option<Instant>,
    rest: Duration,
}

impl AskingAgain {
    /// Waits a while, or gives the error back when there is no more patience.
    pub async fn rest(&mut self, error: ClientError) -> Result<(), ClientError> {
        let since = *self.since.get_or_insert_with(Instant::now);
        let rest = error.retry_after().unwrap_or(self.rest);
        let left = self.patience.most.saturating_sub(since.elapsed());
        if left.is_zero() {
            return Err(error);
        }
        if self.rest == FIRST_REST {
            (self.patience.tell)(&error);
        }
        sleep(rest.min(left)).await;
        self.rest = (self.rest * 2).min(LONGEST_REST);
        Ok(())
    }
}
