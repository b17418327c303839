//! Operations on the connections of environments: managers have them tested and pin the keys of hosts, whoever reads the
//! environment sees what was found, and the engine does the tests.

use std::collections::BTreeMap;

use super::environments::EnvironmentError;
use super::{App, AppError, Caller};
use crate::domain::connection_test::{ConnectionTest, TestedTarget};
use crate::domain::event::AccountEvent;
use crate::domain::execution::Moment;
use crate::domain::ids::{EnvironmentId, RegionId, TeamId};
use crate::domain::ssh::HostKey;
use crate::store::{Environment, PinnedKey, Term};

/// A host, and the fingerprints by which somebody wants it to be known from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPin {
    /// Where it is found, see [`SshHost::place`](crate::domain::ssh::SshHost::place).
    pub place: String,
    /// Of keys that it showed in the last test.
    pub fingerprints: Vec<String>,
}

/// A test that this server is to do.
#[derive(Debug, Clone)]
pub struct ClaimedTest {
    /// The environment, as it is now.
    pub environment: Environment,
    /// The keys that are pinned for its hosts.
    pub pinned: Vec<PinnedKey>,
    /// When it was asked for.
    pub asked_at: Moment,
}

impl App {
    /// The last test of the connection of an environment, and the keys that are pinned. To whoever may not read the environment
    /// there is none.
    pub async fn connection_test(
        &self,
        caller: &Caller,
        region: RegionId,
        id: EnvironmentId,
    ) -> Result<(Option<ConnectionTest>, Vec<PinnedKey>), AppError> {
        let found = self.store.environment(id).await?.filter(|found| found.region_id == region);
        let team = found.ok_or(AppError::NotFound)?.team_id;
        self.readable_teams(caller).await?.iter().find(|known| known.id == team).ok_or(AppError::NotFound)?;
        Ok((self.store.connection_test(id).await?, self.store.pinned_keys(id).await?))
    }

    /// Has the connection of an environment tested, by a server that has the time.
    pub async fn ask_connection_test(&self, caller: &Caller, id: EnvironmentId) -> Result<(), EnvironmentError> {
        let tx = self.store.begin_write().await?;
        let environment = tx.environment(id).await?.ok_or(AppError::NotFound)?;
        let stamp = self.manages_environments(&tx, caller, environment.team_id).await?;
        tx.ask_connection_test(id, environment.version, &stamp).await?;
        let team = self.team_name(environment.team_id).await?;
        let event = AccountEvent::ConnectionTestAsked { environment: environment.name, team };
        tx.account_event(&stamp, &event).await?;
        self.commit(tx, |app| app.live.touch_connection_tests()).await?;
        Ok(())
    }

    /// Pins keys that hosts showed in the last test, each in place of those that were pinned for its host. What no host showed is
    /// not pinned: [`EnvironmentError::ChangedSince`], since whoever asked for it looked at another test.
    pub async fn pin_host_keys(
        &self,
        caller: &Caller,
        id: EnvironmentId,
        wanted: &[WantedPin],
    ) -> Result<(), EnvironmentError> {
        let tx = self.store.begin_write().await?;
        let environment = tx.environment(id).await?.ok_or(AppError::NotFound)?;
        let stamp = self.manages_environments(&tx, caller, environment.team_id).await?;
        let targets = tx.connection_test(id).await?.map(|test| test.targets).unwrap_or_default();
        let team = self.team_name(environment.team_id).await?;
        let pins: Option<BTreeMap<String, Vec<HostKey>>> =
            wanted.iter().map(|pin| Some((pin.place.clone(), shown(&targets, pin)?))).collect();
        let pins = pins.ok_or(EnvironmentError::ChangedSince)?;
        tx.pin_keys(id, &pins, &stamp).await?;
        let pinned = |(host, keys): (&String, &Vec<HostKey>)| AccountEvent::HostKeysPinned {
            environment: environment.name.clone(),
            team: team.clone(),
            host: host.clone(),
            fingerprints: keys.iter().map(HostKey::fingerprint).collect(),
        };
        tx.account_events(&stamp, &pins.iter().map(pinned).collect::<Vec<_>>()).await?;
        // What the keys are good for is seen at once.
        tx.ask_connection_test(id, environment.version, &stamp).await?;
        self.commit(tx, |app| app.live.touch_connection_tests()).await?;
        Ok(())
    }

    /// Takes a test that is to be done and that no server does.
    pub async fn claim_connection_test(&self, term: &Term) -> Result<Option<(EnvironmentId, ClaimedTest)>, AppError> {
        for id in self.store.due_connection_tests(1).await? {
            let Some(test) = self.store.claim_connection_test(id, term).await? else { continue };
            let Some(environment) = self.store.environment(id).await? else {
                // It was deleted meanwhile: there is nothing to look at.
                self.record_connection_test((id, test.asked_at), term, &[], true).await?;
                continue;
            };
            let pinned = self.store.pinned_keys(id).await?;
            return Ok(Some((id, ClaimedTest { environment, pinned, asked_at: test.asked_at })));
        }
        Ok(None)
    }

    /// The name of that team, if it may not have scripts run on the server.
    pub async fn scripts_missing(&self, team: TeamId) -> Result<Option<String>, AppError> {
        let scripts = self.scripts_of(&self.team_name(team).await?).await?;
        Ok(scripts.missing().map(str::to_owned))
    }

    /// Records what a test has found. `false` if that is wanted no more.
    pub async fn record_connection_test(
        &self,
        test: (EnvironmentId, Moment),
        term: &Term,
        targets: &[TestedTarget],
        is_over: bool,
    ) -> Result<bool, AppError> {
        let ended_at = is_over.then(|| self.clock.now());
        let recorded = self.store.record_connection_test(test, term, targets, ended_at).await?;
        self.live.touch_connection_tests();
        Ok(recorded)
    }
}

/// The keys of a host that are wanted, all of which it must have shown.
fn shown(targets: &[TestedTarget], pin: &WantedPin) -> Option<Vec<HostKey>> {
    let is_there = |target: &&TestedTarget| target.host.as_ref().is_some_and(|host| host.place() == pin.place);
    let target = targets.iter().find(is_there)?;
    let key = |fingerprint: &String| target.keys.iter().find(|key| key.fingerprint() == *fingerprint).cloned();
    let keys: Option<Vec<HostKey>> = pin.fingerprints.iter().map(key).collect();
    keys.filter(|keys| !keys.is_empty())
}
