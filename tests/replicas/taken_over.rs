//! Take-over: the others go on with what a replica leaves behind, and it finds that out when it comes back.

use std::time::{Duration, Instant};

use tollgate::domain::execution::{Execution, FailReason, TaskState};
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use crate::db::{self, Db, Kind};
use crate::machines::{MACHINES, Machines};
use crate::people::Person;
use crate::until::until;

macro_rules! on_postgres {
    ($($name:ident),+ $(,)?) => {$(
        #[test]
        fn $name() {
            db::run(Kind::Postgres, $name::test);
        }
    )+};
}

on_postgres!(
    executions_are_spread,
    a_killed_replica_is_taken_over,
    a_frozen_replica_finds_out,
    a_replica_that_is_told_to_stop_hands_over,
);

/// Many short pauses after each other: whoever carries it on leaves an event each second.
fn ticking(name: &str) -> String {
    let task = |number: usize| format!("      - name: wait-{number}\n        type: wait\n        for: 1s\n");
    let tasks: String = (0..40).map(task).collect();
    format!("name: {name}\nteam: Platform\nregion: eu-west\nphases:\n  - name: Ticks\n    tasks:\n{tasks}")
}

/// A script that says where it began and ended, and runs so many seconds.
fn working(machines: &Machines, name: &str, seconds: u32) -> String {
    let (starts, ends) = (machines.file("starts"), machines.file("ends"));
    format!(
        "name: {name}\nteam: Platform\nregion: eu-west\nphases:\n  - name: Work\n    tasks:\n      - name: work\n        \
         script: |\n          echo \"$TOLLGATE_KEY\" >> {}\n          echo begun\n          sleep {seconds}\n          \
         echo \"$TOLLGATE_KEY\" >> {}\n      - name: after\n        script: 'true'\n",
        starts.display(),
        ends.display()
    )
}

fn ticks() -> Vec<String> {
    (0..40).map(|number| format!("wait-{number}")).collect()
}

impl Machines {
    /// A person who executes what they are told, by the first machine.
    async fn operator(&self) -> Person {
        Person::sign_in(self.each[0].program.as_ref().unwrap(), "operator").await
    }

    /// Executions of a release task each, all asked for at one machine.
    async fn executed(&self, definitions: &[String], tasks: &[&str]) -> Vec<Execution> {
        let (operator, mut executions) = (self.operator().await, Vec::new());
        for release in self.imports(definitions).await {
            operator.executes(self.each[0].address().unwrap(), release, tasks).await;
            executions.push(self.last(release).await.unwrap());
        }
        executions
    }

    async fn execution(&self, id: ExecutionId) -> Execution {
        self.db.store.execution(id).await.unwrap().unwrap()
    }

    /// How far it is.
    async fn successes(&self, id: ExecutionId) -> usize {
        let execution = self.execution(id).await;
        execution.tasks.iter().filter(|task| task.state.status() == TaskStatus::Successful).count()
    }

    /// Executions, by the machine that carries each on.
    async fn by_owner(&self, executions: &[Execution]) -> [Vec<ExecutionId>; MACHINES] {
        let mut owned: [Vec<ExecutionId>; MACHINES] = Default::default();
        for execution in executions {
            let mut owner = None;
            until("somebody carries it on", async || {
                owner = self.owner(execution.id).await;
                owner.is_some()
            })
            .await;
            owned[owner.unwrap()].push(execution.id);
        }
        owned
    }
}

mod executions_are_spread {
    use super::*;

    pub async fn test(db: Db) {
        let machines = Machines::serve(db).await;
        let names = ticks();
        let tasks: Vec<&str> = names.iter().map(String::as_str).collect();
        let definitions: Vec<String> = (0..30).map(|number| ticking(&format!("ticking-{number}"))).collect();
        let executions = machines.executed(&definitions, &tasks).await;
        let spread = machines.by_owner(&executions).await.map(|owned| owned.len());
        println!("30 executions asked for at the first of three replicas: {spread:?}");
        assert!(spread.iter().all(|count| *count > 0), "{spread:?}");
    }
}

mod a_killed_replica_is_taken_over {
    use super::*;

    pub async fn test(db: Db) {
        let mut machines = Machines::serve(db).await;
        let names = ticks();
        let tasks: Vec<&str> = names.iter().map(String::as_str).collect();
        let definitions: Vec<String> = (0..12).map(|number| ticking(&format!("ticking-{number}"))).collect();
        let ticking = machines.executed(&definitions, &tasks).await;
        let definitions: Vec<String> =
            (0..6).map(|number| working(&machines, &format!("working-{number}"), 600)).collect();
        let working = machines.executed(&definitions, &["work", "after"]).await;
        until("every script runs", async || machines.wrote("starts").len() == working.len()).await;
        let left: [Vec<ExecutionId>; MACHINES] = machines.by_owner(&ticking).await;
        let lost: [Vec<ExecutionId>; MACHINES] = machines.by_owner(&working).await;
        // One that has some of both, not the one that answers.
        let number = (1..MACHINES).find(|number| !left[*number].is_empty() && !lost[*number].is_empty()).unwrap();
        machines.each[number].is_killed();
        let killed = Instant::now();
        let mut longest = Duration::ZERO;
        for id in &left[number] {
            until("another has it", async || machines.owner(*id).await.is_some_and(|owner| owner != number)).await;
            let before = machines.successes(*id).await;
            until("it goes on", async || machines.successes(*id).await > before).await;
            longest = longest.max(killed.elapsed());
        }
        println!("{} executions of a killed replica go on after {longest:.1?} at most", left[number].len());
        for id in &lost[number] {
            until("it is Interrupted", async || machines.execution(*id).await.ended_at.is_some()).await;
            is_interrupted(&machines.execution(*id).await);
        }
        println!("{} scripts are told to be lost after {:.1?}", lost[number].len(), killed.elapsed());
        // Those of the others run on, and its own are stopped when it is back.
        assert!(!machines.each[number].scripts().is_empty(), "they run on without a program");
        machines.starts(number);
        until("its scripts are stopped", async || machines.each[number].scripts().is_empty()).await;
        for id in &lost[number] {
            is_interrupted(&machines.execution(*id).await);
        }
        let others: usize = (0..MACHINES).filter(|other| *other != number).map(|other| lost[other].len()).sum();
        let mut running = 0;
        for execution in &working {
            running += usize::from(machines.execution(execution.id).await.ended_at.is_none());
        }
        assert_eq!(running, others);
        assert_eq!(machines.wrote("starts").len(), working.len(), "no script ran again");
        assert_eq!(machines.wrote("ends"), Vec::<String>::new());
        for machine in &mut machines.each {
            machine.loses_power();
        }
    }
}

/// The script was lost sight of, and the release says so.
fn is_interrupted(execution: &Execution) {
    assert_eq!(execution.status(), ReleaseStatus::ReleaseFailed);
    let state = &execution.tasks[0].state;
    assert!(matches!(state, TaskState::Failed { reason: FailReason::Interrupted, .. }), "{state:?}");
    assert_eq!(execution.tasks[0].attempt, 1);
    assert_eq!(execution.tasks[1].state.status(), TaskStatus::Waiting, "nothing went on");
}

mod a_frozen_replica_finds_out {
    use super::*;

    pub async fn test(db: Db) {
        let mut machines = Machines::serve(db).await;
        let mut definitions = Vec::new();
        // Some end while it is frozen, some run on beyond that.
        for (seconds, kind) in [(5, "short"), (600, "long")] {
            definitions.extend((0..6).map(|number| working(&machines, &format!("{kind}-{number}"), seconds)));
        }
        let working = machines.executed(&definitions, &["work", "after"]).await;
        until("every script runs", async || machines.wrote("starts").len() == working.len()).await;
        let owned = machines.by_owner(&working[6..]).await;
        let number = (1..MACHINES).find(|number| !owned[*number].is_empty()).unwrap();
        // Its scripts as they are now: those of the short ones that have not ended yet are among them.
        let mut lost = Vec::new();
        for execution in &working {
            if machines.owner(execution.id).await == Some(number)
                && machines.execution(execution.id).await.ended_at.is_none()
            {
                lost.push(execution.id);
            }
        }
        let ended = machines.wrote("ends").len();
        machines.each[number].freezes();
        for id in &lost {
            until("others say that it is lost", async || machines.execution(*id).await.ended_at.is_some()).await;
        }
        let mut told = Vec::new();
        for id in &lost {
            told.push(machines.execution(*id).await);
        }
        println!(
            "{} executions were taken from a frozen replica; {} scripts ended meanwhile",
            lost.len(),
            machines.wrote("ends").len() - ended
        );
        machines.each[number].thaws();
        until("what it left is stopped", async || machines.each[number].scripts().is_empty()).await;
        // Whatever it would still say is refused: it claims new work, and has changed nothing of the old.
        let again = machines.executed(&[ticking("again")], &["wait-0", "wait-1"]).await;
        until("work goes on", async || machines.execution(again[0].id).await.ended_at.is_some()).await;
        for before in &told {
            let now = machines.execution(before.id).await;
            assert_eq!(now.tasks, before.tasks);
            assert_eq!(now.ended_at, before.ended_at);
        }
        assert_eq!(machines.wrote("starts").len(), working.len());
        for machine in &mut machines.each {
            machine.loses_power();
        }
    }
}

mod a_replica_that_is_told_to_stop_hands_over {
    use super::*;

    pub async fn test(db: Db) {
        let mut machines = Machines::serve(db).await;
        let names = ticks();
        let tasks: Vec<&str> = names.iter().map(String::as_str).collect();
        let definitions: Vec<String> = (0..12).map(|number| ticking(&format!("ticking-{number}"))).collect();
        let executions = machines.executed(&definitions, &tasks).await;
        let owned = machines.by_owner(&executions).await;
        let number = (1..MACHINES).find(|number| !owned[*number].is_empty()).unwrap();
        let mut before = Vec::new();
        for id in &owned[number] {
            before.push(machines.successes(*id).await);
        }
        let told = Instant::now();
        machines.each[number].stops();
        let stopped = told.elapsed();
        for (id, before) in owned[number].iter().zip(before) {
            // What was due when it stopped may be written down already.
            until("another carries it on", async || {
                machines.owner(*id).await.is_some_and(|owner| owner != number)
                    && machines.successes(*id).await > before + 1
            })
            .await;
        }
        println!(
            "a replica stopped in {stopped:.1?}; its {} executions go on after {:.1?}",
            owned[number].len(),
            told.elapsed()
        );
        for execution in &executions {
            let execution = machines.execution(execution.id).await;
            assert!(execution.tasks.iter().all(|task| task.state.failure().is_none()), "{:?}", execution.tasks);
        }
    }
}
