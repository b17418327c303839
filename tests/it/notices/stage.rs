//! A team with channels and people who have addresses, and a courier that does as the test says.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tollgate::app::{App, Letter, LetterContent, LetterDestination};
use tollgate::domain::delivery::DeliveryFailure;
use tollgate::domain::ids::{ChannelId, TeamId};
use tollgate::domain::notices::{ChannelChoice, ChannelKind, NoticeKind};
use tollgate::engine::Engine;
use tollgate::notify::{Courier, Notifier, NotifierTurn};
use tollgate::store::{Channel, FreshChannel, Store, new_id};

use crate::engine::stage::{Stage, start};

/// Writes down what it is given, and fails as often as it is told to.
#[derive(Clone, Default)]
pub struct Scribe {
    letters: Arc<Mutex<Vec<Letter>>>,
    failures: Arc<Mutex<VecDeque<DeliveryFailure>>>,
}

#[async_trait]
impl Courier for Scribe {
    async fn send(&self, letter: &Letter) -> Result<(), DeliveryFailure> {
        if let Some(failure) = self.failures.lock().unwrap().pop_front() {
            return Err(failure);
        }
        self.letters.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

impl Scribe {
    /// So many attempts fail so.
    pub fn fails(&self, times: usize, failure: &DeliveryFailure) {
        self.failures.lock().unwrap().extend(std::iter::repeat_n(failure.clone(), times));
    }

    /// What was sent since the last look: to whom, and what.
    pub fn sent(&self) -> Vec<(String, &'static str)> {
        let mut sent: Vec<_> = self.letters().iter().map(|letter| (name(letter), word(letter))).collect();
        sent.sort_unstable();
        sent
    }

    /// The letters that were sent since the last look.
    pub fn letters(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.letters.lock().unwrap())
    }
}

fn name(letter: &Letter) -> String {
    match &letter.to {
        LetterDestination::Channel(channel) => channel.name.clone(),
        LetterDestination::Email { name, .. } => name.clone(),
    }
}

fn word(letter: &Letter) -> &'static str {
    match &letter.content {
        LetterContent::Notice(subject) => subject.kind.word(),
        LetterContent::Digest { .. } => "digest",
        LetterContent::Trial { .. } => "trial",
        LetterContent::Confirmation { .. } => "confirmation",
        LetterContent::TokenEnds { .. } => "token_ends",
    }
}

/// A notifier of that replica.
pub fn notifier(app: &App, engine: &Engine, scribe: &Scribe) -> Notifier {
    let engine = engine.clone();
    Notifier::new(app.clone(), Arc::new(scribe.clone()), Arc::new(move || engine.current_term()))
}

/// Gives the replica of the stage a term, and has its notifier look until there is nothing more to do.
pub async fn told(stage: &Stage, scribe: &Scribe) {
    stage.tick().await;
    let notifier = notifier(&stage.app, &stage.engine, scribe);
    while notifier.turn().await.unwrap() != NotifierTurn::default() {}
}

/// A channel that is told these kinds.
pub async fn channel(store: &Store, team: TeamId, name: &str, events: &[NoticeKind]) -> ChannelId {
    let choice = ChannelChoice {
        id: new_id(),
        kind: ChannelKind::Webhook,
        enabled: true,
        events: events.iter().copied().collect(),
    };
    let id = choice.id;
    let channel = Channel {
        team_id: team,
        name: name.to_owned(),
        address: Some("http://receiver".to_owned()),
        rotated_at: None,
        choice,
    };
    let tx = store.begin_write().await.unwrap();
    tx.insert_channel(&FreshChannel { channel, at: start() }).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Gives these people addresses that they have confirmed.
pub async fn addresses(stage: &Stage, names: &[&str], events: &[NoticeKind]) {
    for name in names {
        let user = stage.app.store.credentials(name).await.unwrap().unwrap().id;
        let tx = stage.app.store.begin_write().await.unwrap();
        let until = start() + chrono::TimeDelta::days(1);
        tx.ask_address(user, &format!("{name}@example.org"), name.as_bytes(), until).await.unwrap();
        assert!(tx.confirm_address(user, name.as_bytes(), start()).await.unwrap());
        tx.choose_events(user, Some(&events.iter().copied().collect::<BTreeSet<_>>())).await.unwrap();
        tx.commit().await.unwrap();
    }
}
