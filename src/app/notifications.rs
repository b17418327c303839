//! Follows what other processes change on the same database: pages here have something to fetch, and the engine something to look at.

use std::time::Duration;

use tokio::time::sleep;

use super::App;
use crate::store::{Listener, Notification, StoreError};

/// How long before it is tried again to hear anything, after a connection was lost.
const RETRY_DELAY: Duration = Duration::from_millis(500);

impl App {
    /// Hears of others as long as the program runs. On SQLite there are none.
    pub async fn follow_others(self) {
        loop {
            match self.store.listen().await {
                Ok(None) => return,
                Ok(Some(listener)) => {
                    let lost = self.hear(listener).await;
                    tracing::warn!(
                        error = &lost as &dyn std::error::Error,
                        "lost notification channel of other replicas; will reconnect"
                    );
                }
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "could not open notification channel of other replicas; will retry"
                ),
            }
            // Until there are news again, pages fetch more than they need.
            self.forget_all();
            sleep(RETRY_DELAY).await;
        }
    }

    async fn hear(&self, mut listener: Listener) -> StoreError {
        // What happened before this connection was not heard.
        self.forget_all();
        loop {
            match listener.next().await {
                Ok(news) => self.heard(news),
                Err(error) => return error,
            }
        }
    }

    /// Nothing that was read is trusted any more.
    fn forget_all(&self) {
        self.live.forget();
        self.store.forget_definitions();
    }

    fn heard(&self, notification: Notification) {
        match notification {
            Notification::Everything => self.forget_all(),
            Notification::Changed(changes) => {
                if changes.blanked {
                    self.store.forget_definitions();
                }
                for release in changes.releases {
                    self.live.touch(release);
                }
                if changes.catalogue {
                    self.live.touch_catalogue();
                } else if !changes.executions.is_empty() {
                    self.live.touch_lists();
                }
                if changes.deliveries {
                    self.live.touch_deliveries();
                }
                if !changes.connection_tests.is_empty() {
                    self.live.touch_connection_tests();
                }
                for execution in changes.executions {
                    self.wakeup.notify(execution);
                }
            }
        }
    }
}
