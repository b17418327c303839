//! From replicas and executions to the rows of the page.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::view::{CarriedRow, IsolationOf, ReplicaList, ReplicaRow};
use crate::app::ReplicaKeys;
use crate::app::reads::{Carried, CarriedTask, Replica};
use crate::app::secret_keys::KeyState;
use crate::domain::execution::Moment;
use crate::domain::secrets::KeyId;
use crate::http::Site;
use crate::messages::Locale;
use crate::messages::secrets::ListedKey;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{Link, Look, Status, When, urls};

/// How many executions of a replica are shown.
const MAX_ENTRIES: usize = 20;

/// So long a page may be behind with when a replica was last seen, in seconds.
const STEP: i64 = 10;

/// What is known of the replicas.
pub struct Known {
    /// All of them.
    pub replicas: Vec<Replica>,
    /// Every execution that is not over.
    pub carried: Vec<Carried>,
}

impl Known {
    /// Another number as soon as the page would show something else.
    pub fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for replica in &self.replicas {
            (&replica.id, &replica.name, &replica.version, replica.epoch, replica.gone_at, replica.stopped_at)
                .hash(&mut hasher);
            replica.isolation.hash(&mut hasher);
            (replica.last_seen_at.timestamp() / STEP).hash(&mut hasher);
        }
        self.carried.hash(&mut hasher);
        hasher.finish()
    }
}

/// The list, with those that work first.
pub fn list(site: &Site, known: &Known) -> ReplicaList {
    let now = site.app.clock.now();
    let mut replicas: Vec<&Replica> = known.replicas.iter().collect();
    replicas.sort_by_key(|replica| !replica.is_working());
    ReplicaList {
        rows: replicas.into_iter().map(|replica| row(site, replica, &known.carried, now)).collect(),
        refresh: urls::replicas_list(known.mark()),
    }
}

/// How each that serves keeps scripts from itself.
pub fn isolation(known: &Known) -> Vec<IsolationOf> {
    let working = known.replicas.iter().filter(|replica| replica.is_working());
    let said = |replica: &Replica| {
        Some(IsolationOf {
            name: replica.name.clone(),
            sentences: Locale::default().isolation().sentences(replica.isolation.as_ref()?),
        })
    };
    working.filter_map(said).collect()
}

/// The keys of the server that answers, and which replicas lack the one that encrypts.
pub fn keys(state: &KeyState) -> Vec<String> {
    let has = state.has.as_deref().unwrap_or_default();
    let listed = |id: &KeyId| ListedKey {
        id: *id,
        used: state.used.get(id).copied().unwrap_or_default(),
        is_there: has.contains(id),
        encrypts: state.encrypts == Some(*id),
    };
    let missing = state.missing();
    let all: Vec<ListedKey> = has.iter().chain(&missing).map(listed).collect();
    // One that has not said which it has may just have begun.
    let lacks = |replica: &&ReplicaKeys| state.encrypts.is_some_and(|key| !replica.keys.contains(&key));
    let others = state.replicas.iter().filter(|replica| replica.is_known);
    let lacking: Vec<String> = others.filter(lacks).map(|replica| replica.name.clone()).collect();
    Locale::default().secrets().key_state(&all, &lacking)
}

fn row(site: &Site, replica: &Replica, carried: &[Carried], now: Moment) -> ReplicaRow {
    let is_here = |task: &&CarriedTask| task.replica == replica.id;
    let concerns =
        |one: &&Carried| one.owner.as_ref() == Some(&replica.id) || one.tasks.iter().any(|task| is_here(&task));
    let mut runs: Vec<CarriedRow> = carried
        .iter()
        .filter(concerns)
        .map(|one| CarriedRow {
            release: Link::new(&one.release, ReleaseUrls::new(&one.region, one.release_id).show()),
            status: Status::from(one.status),
            tasks: one.tasks.iter().filter(is_here).map(|task| task.name.as_str()).collect::<Vec<_>>().join(", "),
        })
        .collect();
    let hidden = runs.len().saturating_sub(MAX_ENTRIES);
    runs.truncate(MAX_ENTRIES);
    ReplicaRow {
        id: format!("replica-{}", replica.id),
        name: replica.name.clone(),
        version: replica.version.clone(),
        here: replica.id == site.replica,
        state: state(replica),
        confined: replica
            .isolation
            .as_ref()
            .map_or("", |it| Locale::default().isolation().confined(it.confined()))
            .to_owned(),
        since: When::at(replica.started_at, now),
        seen: When::at(replica.last_seen_at, now),
        runs,
        more: (hidden > 0).then(|| Locale::default().replicas().more(hidden)),
    }
}

fn state(replica: &Replica) -> Status {
    match (replica.stopped_at, replica.gone_at) {
        (Some(_), _) => Status::new(Look::Idle, Locale::default().replicas().stopped()),
        (None, Some(_)) => Status::new(Look::Interrupted, Locale::default().replicas().gone()),
        (None, None) => Status::new(Look::Done, Locale::default().replicas().working()),
    }
}
