//! Knows the rules and compares: after every commit the events that it wrote are replayed on what was known before, judged
//! one by one, and must give exactly the state that is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;

use tollgate::domain::decide::{self, Command, ExecutionRequest, NewIds, Selection};
use tollgate::domain::event::Event;
use tollgate::domain::execution::{Execution, Moment};
use tollgate::domain::ids::{EventId, ExecutionId, ReleaseId, TaskRunId};
use tollgate::domain::people::Actor;
use tollgate::domain::places::Places;
use tollgate::domain::release::Release;
use tollgate::domain::scripts::ScriptPermission;
use tollgate::domain::{policy, schedule};
use tollgate::store::{Activity, Cursor, Happened, Store, Term};

use crate::invariants::{judge_event, judge_state};
use crate::place::Place;
use crate::random::PEOPLE;
use crate::world::{TEAM, World, person};

/// More events than one commit writes.
const MANY: u64 = 2_000;

/// Everything that is known of the release tasks of a history.
pub struct Judge {
    pub releases: Vec<Known>,
    /// How many scripts may run at once on a machine.
    max_scripts: usize,
}

/// What a look brought.
#[derive(Default)]
pub struct News {
    /// In words.
    pub lines: Vec<String>,
    /// Executions that went on.
    pub changed: Vec<ExecutionId>,
    /// Executions that went from one term to another.
    pub passed: Vec<(ExecutionId, Term, Term)>,
}

/// A release task as it was after the last commit.
pub struct Known {
    pub id: ReleaseId,
    pub release: Release,
    past: Vec<Past>,
}

/// An execution, as its events tell it.
struct Past {
    now: Execution,
    /// Every state it was in after a commit, by its revision.
    states: BTreeMap<u64, Execution>,
    /// The term in which it is carried on.
    owner: Option<Term>,
    last_event: Option<EventId>,
}

impl Judge {
    pub async fn new(store: &Store, releases: &[ReleaseId], max_scripts: NonZero<u32>) -> Self {
        let mut known = Vec::new();
        for id in releases {
            known.push(Known { id: *id, release: load(store, *id).await, past: Vec::new() });
        }
        Self { releases: known, max_scripts: max_scripts.get().try_into().unwrap() }
    }

    /// Looks at what the last step wrote, in whoever's term.
    pub async fn look(&mut self, place: &Place, now: Moment, by: Option<&Term>) -> News {
        let store = &place.store;
        let mut news = News::default();
        for (index, known) in self.releases.iter_mut().enumerate() {
            for (number, line) in known.look(store, now, by).await {
                news.lines.push(format!("r{index}#{number}: {line}"));
                news.changed.push(known.past[usize::try_from(number).unwrap() - 1].now.id);
            }
        }
        news.changed.dedup();
        self.attempts(store).await;
        let owners = place.owners().await;
        for past in self.releases.iter_mut().flat_map(|known| &mut known.past) {
            let owner = owners[&past.now.id].clone();
            let former = std::mem::replace(&mut past.owner, owner.clone());
            if former != owner {
                news.passed.extend(former.zip(owner).map(|(from, to)| (past.now.id, from, to)));
            }
        }
        news
    }

    /// The short name of a script or an execution.
    pub fn name(&self, key: &str) -> String {
        self.name_if_committed(key).unwrap_or_else(|| panic!("{key} is of no execution that was committed"))
    }

    /// The same of what may be of an execution that was never committed: nobody knows when no answer comes, and then
    /// the engine is woken.
    pub fn name_if_committed(&self, key: &str) -> Option<String> {
        let (id, rest) = key.split_once('.').unwrap_or((key, ""));
        let mut releases = self.releases.iter().enumerate();
        releases.find_map(|(index, known)| {
            let past = known.past.iter().find(|past| past.now.id.to_string() == id)?;
            Some(format!("r{index}#{} {rest}", past.now.number))
        })
    }

    /// The attempt of that key is claimed and under way; answers in which term.
    pub fn may_start(&self, key: &str) -> Term {
        assert!(self.is_under_way(key), "what is started is claimed: {}", self.name(key));
        let mut pasts = self.releases.iter().flat_map(|known| &known.past);
        let past = pasts.find(|past| key.starts_with(&past.now.id.to_string())).unwrap();
        past.owner.clone().expect("somebody carries on what is started")
    }

    /// Whether the execution of that key was asked to end at once, and has not ended.
    pub fn is_terminating(&self, key: &str) -> bool {
        let mut pasts = self.releases.iter().flat_map(|known| &known.past);
        pasts.any(|past| key.starts_with(&past.now.id.to_string()) && policy::is_terminating(&past.now))
    }

    /// What somebody was told is there.
    pub fn was(&self, release: usize, told: &Execution) {
        let mut told = told.clone();
        told.rev += 1;
        let past = &self.releases[release].past[usize::try_from(told.number).unwrap() - 1];
        let state = past.states.get(&told.rev).expect("what was told is there");
        assert_eq!(state, &told, "what was told is what was written");
    }

    /// Whether an execution of that number is there.
    pub fn is_executed(&self, release: usize, number: u32) -> bool {
        self.releases[release].past.len() >= usize::try_from(number).unwrap()
    }

    /// Everything again, from the first event on: what is over has stayed as it was.
    pub async fn look_back(&self, store: &Store) {
        for known in &self.releases {
            for past in &known.past {
                let stored = store.execution(past.now.id).await.unwrap().unwrap();
                assert_eq!(stored, past.now, "an older execution changed");
            }
        }
    }

    /// Whether an attempt of a worker is under way anywhere.
    pub fn anybody_works(&self) -> bool {
        let mut runs = self.releases.iter().flat_map(|known| &known.past).flat_map(|past| &past.now.tasks);
        runs.any(|run| run.state.in_flight().is_some() && run.state.timer().is_none())
    }

    /// Whether the attempt of that key is under way.
    pub fn is_under_way(&self, key: &str) -> bool {
        let (id, rest) = key.split_once('.').unwrap();
        let (task, attempt) = rest.rsplit_once('.').unwrap();
        let mut pasts = self.releases.iter().flat_map(|known| &known.past);
        let past = pasts.find(|past| past.now.id.to_string() == id).expect("it is executed");
        let run = &past.now.tasks[past.now.index(task).unwrap()];
        run.state.in_flight().is_some_and(|(number, _)| number.to_string() == attempt)
    }

    pub fn executions(&self) -> usize {
        self.releases.iter().map(|known| known.past.len()).sum()
    }

    /// What is in flight has a live row, and nothing else has.
    async fn attempts(&self, store: &Store) {
        let rows = store.live_attempts().await.unwrap();
        let live: BTreeSet<(ExecutionId, usize, u32)> =
            rows.iter().map(|row| (row.execution_id, row.task, row.key.number)).collect();
        let pasts = self.releases.iter().flat_map(|known| &known.past);
        let in_flight = pasts.flat_map(|past| {
            let runs = past.now.tasks.iter().enumerate();
            runs.filter_map(|(task, run)| run.state.in_flight().map(|(attempt, _)| (past.now.id, task, attempt)))
        });
        assert_eq!(live, in_flight.collect::<BTreeSet<_>>(), "attempts that are live");
        assert_eq!(live.len(), rows.len(), "each once");
        let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
        for replica in rows.iter().filter_map(|row| row.replica.as_deref()) {
            *taken.entry(replica).or_default() += 1;
        }
        assert!(taken.values().all(|taken| *taken <= self.max_scripts), "more scripts than places: {taken:?}");
    }
}

impl Known {
    async fn look(&mut self, store: &Store, now: Moment, by: Option<&Term>) -> Vec<(u32, String)> {
        let release = load(store, self.id).await;
        let before = std::mem::replace(&mut self.release, release);
        let Some(last) = self.release.last.clone() else { return Vec::new() };
        let mut news = Vec::new();
        let number = usize::try_from(last.number).unwrap();
        if number > self.past.len() {
            assert_eq!(number, self.past.len() + 1, "executions are counted");
            if let Some(waiting) = self.past.last_mut().filter(|past| past.now.ended_at.is_none()) {
                news.extend(waiting.closed(store, &before).await);
            }
            let active = self.past.iter().filter(|past| past.now.ended_at.is_none()).count();
            assert_eq!(active, 0, "one active execution at most");
            assert_eq!(last.rev, 0);
            self.past.push(Past {
                now: last.clone(),
                states: [(0, last.clone())].into(),
                owner: None,
                last_event: None,
            });
        }
        let past = &mut self.past[number - 1];
        let happened = past.happened(store).await;
        if matches!(happened.first(), Some(first) if is_executed(first)) {
            assert_eq!(happened.len(), 1, "an execution begins with one event");
            news.push((last.number, "executed".to_owned()));
        } else if happened.is_empty() {
            // Whoever takes it over makes what others are about to save stale.
            past.now.rev = last.rev;
            assert_eq!(last, past.now, "something changed that no event tells");
        } else {
            news.extend(happened.iter().map(|event| (last.number, told(event))));
            if happened[0].actor == Actor::Tollgate {
                let theirs = past.owner.as_ref().is_none_or(|owner| Some(owner) == by);
                assert!(theirs, "{by:?} carries on what is {:?}'s", past.owner);
            }
            past.replay(&before, &happened);
            past.now.rev += 1;
            assert_eq!(last, past.now, "the events tell the state");
            past.states.insert(last.rev, past.now.clone());
        }
        let mut release = self.release.clone();
        release.team_id = TEAM;
        if let Some(last) = &mut release.last {
            last.team_id = TEAM;
        }
        judge_state(&World { now, ..World::holding(release) });
        news
    }
}

impl Past {
    /// A newer execution took its place in the commit in which that began.
    async fn closed(&mut self, store: &Store, before: &Release) -> Vec<(u32, String)> {
        let happened = self.happened(store).await;
        assert!(matches!(event_of(&happened[0]), Event::Superseded(_)), "one active execution at most");
        self.replay(before, &happened);
        self.now.rev += 1;
        let stored = store.execution(self.now.id).await.unwrap().unwrap();
        assert_eq!(stored, self.now, "the events tell the state");
        self.states.insert(stored.rev, stored);
        happened.iter().map(|event| (self.now.number, told(event))).collect()
    }

    /// What was written since the last look.
    async fn happened(&mut self, store: &Store) -> Vec<Activity> {
        let turn = self.last_event.map_or(Cursor::Newest, Cursor::Newer);
        let mut rows = store.activity_in(self.now.id, turn, MANY).await.unwrap().rows;
        rows.reverse();
        if let Some(last) = rows.last() {
            self.last_event = Some(last.id);
        }
        rows
    }

    /// Events of one commit: a person's, or those that the engine must write, not one more and not one less.
    fn replay(&mut self, release: &Release, happened: &[Activity]) {
        let at = happened[0].at;
        let mut release = Release { team_id: TEAM, last: Some(self.now.clone()), ..release.clone() };
        release.last.as_mut().unwrap().team_id = TEAM;
        let events: Vec<Event> = happened.iter().map(event_of).collect();
        assert!(happened.iter().all(|row| row.at == at), "one commit, one moment");
        let expected = match &happened[0].actor {
            Actor::Person { name, .. } => {
                let who = PEOPLE.into_iter().find(|person| person == name).expect("it is one of them");
                match &events[0] {
                    Event::Superseded(_) => closing(&release, who, at),
                    asked => {
                        decide::decide(&release, &person(who), &command_of(asked), at).expect("the rules allow it")
                    }
                }
            }
            Actor::Tollgate => {
                let mut expected = Vec::new();
                let mut state = self.now.clone();
                if let Event::AttemptEnded { task, attempt, outcome, .. } = &events[0]
                    && state.tasks[*task].state.timer().is_none()
                {
                    let ended = decide::attempt_ended(&state, *task, *attempt, outcome.clone(), at);
                    let ended = ended.expect("an attempt under way ends");
                    state.apply(&ended, at);
                    expected.push(ended);
                }
                expected.extend(schedule::advance(&mut state, at, &ScriptPermission::Granted, &places_of(&events)));
                expected
            }
            Actor::Policy => panic!("what follows of itself stands behind what it follows from: {events:?}"),
        };
        assert_eq!(events, expected, "what the rules say at that moment");
        for event in &events {
            let before = self.now.clone();
            self.now.apply(event, at);
            judge_event(&before, event, &self.now);
        }
    }
}

/// What closes the execution that waits when somebody executes in its place.
fn closing(release: &Release, who: &str, at: Moment) -> Vec<Event> {
    let told = Some(release.last_number());
    let request = ExecutionRequest { supersedes: told, ..ExecutionRequest::newest(release, &Selection::All) };
    let ids = NewIds { execution: ExecutionId::nil(), task_run: &mut TaskRunId::nil };
    decide::execute(release, &request, &person(who), at, ids).expect("the rules allow it").closing
}

async fn load(store: &Store, id: ReleaseId) -> Release {
    store.release(id).await.unwrap().unwrap()
}

/// Which tasks had a place in a commit with these events.
fn places_of(events: &[Event]) -> Places {
    let started = |event: &Event| if let Event::AttemptStarted { task, .. } = event { Some(*task) } else { None };
    let running = |event: &Event| if let Event::PlaceAsked { running, .. } = event { Some(*running) } else { None };
    let running = events.iter().find_map(running).unwrap_or_default();
    Places::Only { tasks: events.iter().filter_map(started).collect(), running, ready: None }
}

fn event_of(row: &Activity) -> Event {
    match &row.happened {
        Happened::Execution(event) => event.clone(),
        other => panic!("not of an execution: {other:?}"),
    }
}

fn is_executed(row: &Activity) -> bool {
    matches!(row.happened, Happened::Execution(Event::Executed { .. }))
}

/// What a person asked for, by what came of it.
fn command_of(event: &Event) -> Command {
    match event {
        Event::Decided { name, decision, .. } => {
            Command::Decide { task: name.clone(), verdict: decision.verdict, comment: decision.comment.clone() }
        }
        Event::PauseAsked => Command::Pause,
        Event::Continued => Command::Continue,
        Event::TerminateAsked => Command::Terminate,
        Event::RetryAsked { .. } => Command::Retry,
        Event::RollBackAsked => Command::RollBack,
        Event::TaskSkipped { name, why, .. } => {
            let tollgate::domain::execution::SkipReason::ByPerson { comment, .. } = why else {
                panic!("nobody skipped {name}")
            };
            Command::Skip { task: name.clone(), comment: comment.clone() }
        }
        other => panic!("no person asks for {other:?}"),
    }
}

/// An event in a line of the trace.
fn told(row: &Activity) -> String {
    let event = match event_of(row) {
        Event::AttemptStarted { name, attempt, kind, until, .. } => {
            format!("{name} starts attempt {attempt} {kind:?}{}", when(" until", until))
        }
        Event::AttemptEnded { name, attempt, outcome, again_at, .. } => {
            let word = format!("{outcome:?}");
            let word = word.split([' ', '{']).next().unwrap_or_default().to_owned();
            format!("{name} ends attempt {attempt} {word}{}", when(" again at", again_at))
        }
        Event::CheckpointOpened { name, deadline, .. } => format!("{name} opens{}", when(" until", deadline)),
        Event::Decided { name, decision, gate, .. } => {
            format!("{name}: {:?} as {:?}, {gate:?}", decision.verdict, decision.standing)
        }
        other => format!("{other:?}"),
    };
    format!("{event} (by {})", row.actor.name())
}

fn when(word: &str, at: Option<Moment>) -> String {
    at.map_or(String::new(), |at| format!("{word} {}", at.format("%H:%M:%S%.6f")))
}
