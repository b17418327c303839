//! A release task that goes through everything: groups side by side, an approval with a pause, retries by itself and by a
//! person, a trigger, a wait, and at the end a roll back; and what must be true of each of its executions when it is over.

use serde_json::Value;
use tollgate::domain::event::Event;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::{Activity, Cursor, Happened, Store};

use crate::installation::Installation;
use crate::sound::{is_sound, unsound};

/// The release task; its scripts run in the working folder of the same name, write down that they ran, and write ten
/// numbered lines into their logs, each in two pieces.
const FLOW: &str = r#"
name: NAME
team: Platform
region: eu-west
phases:
  - name: Build
    groups:
      - - name: rest
          type: wait
          for: 1s
        - name: left-1
          workingFolder: NAME
          script: &counts |
            echo "$TOLLGATE_EXECUTION $TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ran
            n=0
            while [ "$n" -lt 10 ]; do
              n=$((n + 1))
              printf 'line '
              echo "$n"
              [ "$n" != 5 ] || sleep 0.05
            done
            echo "$TOLLGATE_EXECUTION $TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ended
            case "$TOLLGATE_TASK-$TOLLGATE_ATTEMPT" in
              left-1-*) echo "made=it" > "$TOLLGATE_OUTPUT" ;;
              left-2-*) [ "$MADE" = it ] ;;
              flaky-1 | stumble-1) exit 1 ;;
            esac
        - name: left-2
          workingFolder: NAME
          environment: { MADE: "${tasks.left-1.outputs.made}" }
          script: *counts
      - - name: right
          workingFolder: NAME
          script: *counts
  - name: Gate
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver]
  - name: Deploy
    tasks:
      - name: flaky
        workingFolder: NAME
        retry: { attempts: 2, delay: 0s }
        script: *counts
      - name: stumble
        workingFolder: NAME
        script: *counts
      - name: switch-over
        type: manual-trigger
      - name: application
        create-application: NAME
        ifExists: keep
      - name: component
        create-component: NAME/web
        in: box
        version: "1.${release.execution}"
      - name: last
        workingFolder: NAME
        script: *counts
        rollback: *counts
"#;

/// What deploys and removes a component: it writes down that it ran where the other scripts of the release task do.
pub const DEPLOY: &str = r#"
[ -n "$TOKEN" ] || exit 8
cd "../../../$TOLLGATE_APPLICATION"
echo "$TOLLGATE_EXECUTION $TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ran
n=0
while [ "$n" -lt 10 ]; do
  n=$((n + 1))
  printf 'line '
  echo "$n"
  [ "$n" != 5 ] || sleep 0.05
done
echo "$TOLLGATE_EXECUTION $TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ended
"#;

/// All of its tasks.
pub const TASKS: [&str; 11] = [
    "rest",
    "left-1",
    "left-2",
    "right",
    "go-live",
    "flaky",
    "stumble",
    "switch-over",
    "application",
    "component",
    "last",
];

/// How many lines each script writes into its log.
const LINES: u64 = 10;

/// The release task under that name.
pub fn definition(name: &str) -> String {
    FLOW.replace("NAME", name)
}

/// Every attempt that an execution makes when nothing disturbs it.
pub const ATTEMPTS: [(&str, u32); 11] = [
    ("component", 1),
    ("component", 2),
    ("flaky", 1),
    ("flaky", 2),
    ("last", 1),
    ("last", 2),
    ("left-1", 1),
    ("left-2", 1),
    ("right", 1),
    ("stumble", 1),
    ("stumble", 2),
];

impl Installation {
    /// What the audit says of an execution, in order.
    pub async fn audit_of(&self, execution: ExecutionId) -> Vec<Activity> {
        let mut all = self.reads(async |store| store.activity_in(execution, Cursor::Newest, 1000).await).await.rows;
        all.reverse();
        all
    }

    /// It ended as if nothing had happened: rolled back, each script ran once, each log is whole, and the audit says
    /// what it says of an execution that nothing disturbed.
    pub async fn is_as_if_nothing_had_happened(&self, name: &str, execution: &Execution, undisturbed: &[String]) {
        assert_eq!(execution.status(), ReleaseStatus::RolledBack, "{:?}", execution.tasks);
        let each = ATTEMPTS.map(|(task, attempt)| format!("{} {task} {attempt}", execution.number));
        assert_eq!(self.lines_about(name, "ran", execution.number), each, "each script is started once");
        assert_eq!(self.lines_about(name, "ended", execution.number), each, "each script ends");
        for (task, attempt) in ATTEMPTS {
            self.log_is_whole(execution.id, task, attempt);
        }
        assert_eq!(told(&self.audit_of(execution.id).await), undisturbed);
        let left = async |store: &Store| {
            let made = store.applications(&[execution.team_id]).await?;
            let own: Vec<_> = made.iter().filter(|made| made.name == name).map(|made| made.id).collect();
            store.components_of(&own).await
        };
        assert_eq!(self.reads(left).await, [], "the component that it made is gone");
        // The database may be going away at this moment.
        assert_eq!(self.reads(unsound).await, Vec::<String>::new(), "the database is sound");
    }

    /// The log of an attempt has every line once, in order and with its number.
    pub fn log_is_whole(&self, execution: ExecutionId, task: &str, attempt: u32) {
        let lines = self.log(execution, task, attempt);
        let expected: Vec<(u64, String)> = (1..=LINES).map(|number| (number, format!("line {number}"))).collect();
        assert_eq!(lines.into_iter().map(|line| (line.number, line.text)).collect::<Vec<_>>(), expected);
    }

    /// It was seen through though supervising processes died: no attempt ran twice, what ended has a whole log, what was
    /// lost sight of has one without a hole as far as it goes. Answers how many attempts were lost sight of.
    pub async fn was_seen_through(&self, name: &str, execution: &Execution) -> usize {
        assert_eq!(execution.status(), ReleaseStatus::RolledBack, "{:?}", execution.tasks);
        let (ran, ended) =
            (self.lines_about(name, "ran", execution.number), self.lines_about(name, "ended", execution.number));
        let mut interrupted = 0;
        for activity in self.audit_of(execution.id).await {
            let Happened::Execution(Event::AttemptEnded { name: task, attempt, outcome, .. }) = activity.happened
            else {
                continue;
            };
            let line = format!("{} {task} {attempt}", execution.number);
            let times = |lines: &[String]| lines.iter().filter(|it| **it == line).count();
            if matches!(outcome, Outcome::Interrupted { .. }) {
                interrupted += 1;
                assert!(times(&ran) <= 1 && times(&ended) <= times(&ran), "{line}: {ran:?} {ended:?}");
                self.log_has_no_hole(execution.id, &task, attempt);
            } else if !["rest", "application"].contains(&task.as_str()) {
                // Those two run no script.
                assert_eq!((times(&ran), times(&ended)), (1, 1), "{line}: {outcome:?}");
                self.log_is_whole(execution.id, &task, attempt);
            }
        }
        is_sound(&self.db.store).await;
        interrupted
    }

    /// The log of an attempt has the lines of the script from the first on.
    pub fn log_has_no_hole(&self, execution: ExecutionId, task: &str, attempt: u32) {
        for (line, number) in self.log(execution, task, attempt).into_iter().zip(1..) {
            assert_eq!(line.number, number);
            let whole = format!("line {number}");
            assert!(line.text == whole || (line.partial && whole.starts_with(&line.text)), "{line:?}");
        }
    }

    /// The sorted lines of a file about one execution.
    pub fn lines_about(&self, name: &str, file: &str, number: u32) -> Vec<String> {
        let about = format!("{number} ");
        let mut lines = self.wrote(name, file);
        lines.retain(|line| line.starts_with(&about));
        lines.sort();
        lines
    }
}

/// Events as messages, without what differs between two executions: times, and the order of what goes on side by side.
pub fn told(audit: &[Activity]) -> Vec<String> {
    let mut words: Vec<(String, String)> = audit.iter().map(one).collect();
    // Stable: what is about one task stays in its order.
    words.sort_by(|a, b| a.0.cmp(&b.0));
    words.into_iter().map(|(task, said)| format!("{task}: {said}")).collect()
}

fn one(activity: &Activity) -> (String, String) {
    let Happened::Execution(event) = &activity.happened else { panic!("{activity:?}") };
    let mut data = serde_json::to_value(event).unwrap();
    forget_times(&mut data);
    (activity.task.clone().unwrap_or_default(), format!("{} {data}", activity.actor.name()))
}

fn forget_times(data: &mut Value) {
    if let Value::Object(fields) = data {
        for time in ["at", "until", "deadline", "again_at", "number"] {
            fields.remove(time);
        }
        fields.values_mut().for_each(forget_times);
    }
}
