//! Tests of connections that people ask for: done by whatever replica has the time, a few at once, and recorded host by host.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::{self, FuturesUnordered};

use super::{Engine, RETRY_DELAY, told};
use crate::app::AppError;
use crate::app::connection_tests::ClaimedTest;
use crate::domain::connection_test::{ConnectionCheck, ConnectionStep, TestedTarget};
use crate::domain::environment::{EnvironmentSettings, SshEnvironment};
use crate::domain::execution::Moment;
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::EnvironmentId;
use crate::domain::ssh::{HostKey, SshFailure, SshHost};
use crate::executors::ssh::{look, read_private_key};
use crate::executors::{PrivateText, command};
use crate::store::{PinnedKey, Term};

/// Between two looks whether a test is to be done.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Tests at once.
const MAX_TESTS: usize = 4;

/// Hosts of a test at once.
const MAX_HOSTS: usize = 16;

impl Engine {
    /// Does tests as long as the engine runs.
    pub(super) async fn test_connections(&self) {
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < MAX_TESTS {
                match self.claim_test().await {
                    Some((id, test, term)) => running.push(self.test_connection(id, test, term)),
                    None => break,
                }
            }
            tokio::select! {
                biased;
                () = self.0.closing.cancelled() => return,
                Some(()) = running.next() => {}
                () = self.0.spawner.sleep(POLL_INTERVAL) => {}
            }
        }
    }

    async fn claim_test(&self) -> Option<(EnvironmentId, ClaimedTest, Term)> {
        let term = self.term().await.ok()?;
        match self.0.app.claim_connection_test(&term).await {
            Ok(claimed) => claimed.map(|(id, test)| (id, test, term)),
            Err(error) => {
                tracing::warn!(error = told(&error), "could not look for tests of connections; will retry");
                None
            }
        }
    }

    async fn test_connection(&self, id: EnvironmentId, test: ClaimedTest, term: Term) {
        let of = (id, test.asked_at);
        let own = self.own_checks(&test).await;
        let mut targets = vec![own.target];
        if let Some(ssh) = test.environment.settings.ssh() {
            let looks: Vec<_> =
                ssh.hosts.iter().map(|host| self.look_at(host, &test.pinned, own.key.as_ref())).collect();
            let mut looks = stream::iter(looks).buffered(MAX_HOSTS);
            while let Some(target) = looks.next().await {
                targets.push(target);
                if !self.record_test(of, &term, &targets, false).await {
                    return;
                }
            }
        }
        self.record_test(of, &term, &targets, true).await;
    }

    async fn look_at(&self, host: &SshHost, pinned: &[PinnedKey], key: Option<&PrivateText>) -> TestedTarget {
        let place = host.place();
        let keys: Vec<HostKey> = pinned.iter().filter(|pin| pin.address == place).map(|pin| pin.key.clone()).collect();
        look(self.0.executors.hosts(), host, &keys, key).await
    }

    /// `false` if nobody wants to know any more.
    async fn record_test(
        &self,
        test: (EnvironmentId, Moment),
        term: &Term,
        targets: &[TestedTarget],
        is_over: bool,
    ) -> bool {
        self.patiently(|| self.0.app.record_connection_test(test, term, targets, is_over)).await
    }

    /// What is looked at on the server itself.
    async fn own_checks(&self, test: &ClaimedTest) -> OwnChecks {
        match &test.environment.settings {
            EnvironmentSettings::Command(scripts) => {
                let mut checks = vec![self.permission(test).await];
                checks.extend(command::interpreters(scripts).into_iter().map(|(detail, failure)| ConnectionCheck {
                    step: ConnectionStep::Interpreter,
                    took_ms: 0,
                    detail,
                    failure,
                }));
                OwnChecks { target: TestedTarget { host: None, keys: Vec::new(), checks }, key: None }
            }
            EnvironmentSettings::Ssh(ssh) => {
                let began = Instant::now();
                let (detail, failure, key) = match self.key_of(test, ssh).await {
                    Ok((fingerprint, key)) => (fingerprint, None, Some(key)),
                    Err(cause) => (String::new(), Some(cause), None),
                };
                let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                let check = ConnectionCheck { step: ConnectionStep::Key, took_ms, detail, failure };
                OwnChecks { target: TestedTarget { host: None, keys: Vec::new(), checks: vec![check] }, key }
            }
        }
    }

    async fn permission(&self, test: &ClaimedTest) -> ConnectionCheck {
        let missing = self.patiently(|| self.0.app.scripts_missing(test.environment.team_id)).await;
        ConnectionCheck {
            step: ConnectionStep::Permission,
            took_ms: 0,
            detail: String::new(),
            failure: missing.map(|team| FailureCause::ScriptsNotPermitted { team }),
        }
    }

    /// Waits for a database that is away.
    async fn patiently<T, F: Future<Output = Result<T, AppError>>>(&self, ask: impl Fn() -> F) -> T {
        loop {
            match ask().await {
                Ok(answer) => return answer,
                Err(error) => {
                    tracing::warn!(error = told(&error), "test of connection waits for database; will retry");
                    self.0.spawner.sleep(RETRY_DELAY).await;
                }
            }
        }
    }

    /// The key of the environment, and its fingerprint.
    async fn key_of(&self, test: &ClaimedTest, ssh: &SshEnvironment) -> Result<(String, PrivateText), FailureCause> {
        let found = self.patiently(|| self.0.app.connection_key(&test.environment, &ssh.key)).await;
        let text = found.map_err(|problem| FailureCause::Secret { name: ssh.key.clone(), problem })?;
        let unusable = |fault| FailureCause::Ssh(SshFailure::Key { fault });
        let summary = read_private_key(text.expose()).await.map_err(unusable)?;
        Ok((format!("{} {}", summary.kind, summary.fingerprint), PrivateText::new(text.expose())))
    }
}

/// What was found on the server itself, and the key for hosts.
struct OwnChecks {
    target: TestedTarget,
    key: Option<PrivateText>,
}
