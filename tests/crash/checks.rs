//! A check of the type Verify, while the server is killed: it goes on with what it had seen, and its log is whole.

use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::runlog::lines_from;
use tollgate::store::AttemptKey;

use crate::db::Db;
use crate::installation::{Installation, People};
use crate::program::Program;
use crate::service::Service;
use crate::until::until;

on_both!(a_check_outlives_the_server_that_makes_it);

const CHECK: &str = "
name: check
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: check
        type: verify
        http:
          url: URL
        every: 1s
        within: 1h
";

struct Checked {
    here: Installation,
    release: ReleaseId,
}

impl Checked {
    /// The lines of the log, as far as they do not tell how long something took.
    async fn log(&self) -> Vec<String> {
        let store = &self.here.db.store;
        let execution = store.execution_numbered(self.release, 1).await.unwrap().unwrap();
        let of = AttemptKey { task_run_id: execution.tasks[0].id, number: 1 };
        let bytes = store.log_bytes(of.into(), 0, u64::MAX).await.unwrap();
        let lines = lines_from(&bytes, 0, false).lines;
        lines.iter().map(|line| line.text.split(" after ").next().unwrap().to_owned()).collect()
    }

    async fn says(&self, line: &str) {
        until(line, async || self.log().await.iter().any(|found| found == line)).await;
    }

    fn starts(&self) -> Program {
        self.here.starts_with(&[("TOLLGATE_ALLOW_NETWORK", "127.0.0.0/8")]).unwrap()
    }
}

async fn a_check_outlives_the_server_that_makes_it(db: Db) {
    let service = Service::answering(503, "");
    let mut checked = Checked { here: Installation::new(db), release: ReleaseId::nil() };
    let program = checked.starts();
    checked.release = checked.here.imports(&CHECK.replace("URL", &service.url("/health"))).await;
    let people = People::sign_in(&program).await;
    let page = format!("/regions/eu-west/release-tasks/{}/execute", checked.release);
    assert_eq!(people.operator.post(&page, &[("task", "check"), ("execution", "0")]).await.status, 303);
    checked.says("Status 503").await;
    drop(program);
    let asked = service.asked().len();
    let program = checked.starts();
    until("it asks again", async || service.asked().len() > asked).await;
    drop(program);
    service.answers(200, "");
    let _program = checked.starts();
    until("it is over", async || {
        let execution = checked.here.db.store.execution_numbered(checked.release, 1).await.unwrap().unwrap();
        execution.status() == ReleaseStatus::Successful
    })
    .await;
    let begun = format!("Asks: GET {}", service.url("/health"));
    assert_eq!(checked.log().await, [begun.as_str(), "Status 503", "Status 200", "It holds."]);
}
