//! Supervising processes that are on their way while a backup is restored that knows nothing of their scripts.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rand::RngExt as _;
use tollgate::data_layout::DataLayout;
use tollgate::domain::ids::ExecutionId;
use tollgate::supervise::folder::RunFolder;
use tollgate::supervise::script_spec::ScriptSpec;
use uuid::Uuid;

use crate::answer::Answer;
use crate::here::Here;
use crate::program;
use crate::until::until;

/// Each at another moment of its restore.
const TRIES: usize = 12;

#[tokio::test]
async fn a_script_that_comes_late_is_told_of_or_does_not_run() {
    let here = Here::new(crate::PROGRAM);
    drop(here.serves());
    let file = here.backed_up(&[]);
    let restore = ["restore", "--replace", file.to_str().unwrap()];
    let begun = Instant::now();
    here.runs(&restore).succeeds("Everybody signs in again");
    let longest = begun.elapsed();
    for _ in 0..TRIES {
        let (execution, home) = (ExecutionId::from_uuid(Uuid::now_v7()), tempfile::tempdir().unwrap());
        let folder = RunFolder::new(DataLayout::new(&here.data()).unwrap().attempt(execution, "work", 1));
        std::fs::create_dir_all(folder.path()).unwrap();
        let order = ScriptSpec {
            script: "echo > runs; while [ -e runs ] && ! [ -e enough ]; do sleep 0.01; done".to_owned(),
            working_folder: None,
            default_folder: home.path().to_owned(),
            workspace: home.path().to_owned(),
            others: Vec::new(),
            readable: Vec::new(),
            temporary: home.path().join("tmp"),
            environment: [].into(),
            private_environment: [].into(),
            secrets: Vec::new(),
            timeout_ms: 60_000,
            grace_ms: 1000,
            log_limit: 1024,
            leave_running: false,
            files: Vec::new(),
            start_before_ms: None,
            confinement: None,
        };
        let moment = rand::rng().random_range(Duration::ZERO..longest);
        let begun = Instant::now();
        let restore = here.command(&restore).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        until("the moment", async || begun.elapsed() >= moment).await;
        let mut late = program::command(crate::PROGRAM, &here.data(), None);
        late.arg("supervise").arg(folder.path());
        let mut late = late.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        late.stdin.take().unwrap().write_all(&serde_json::to_vec(&order).unwrap()).unwrap();
        let restored = Answer::of(restore.wait_with_output().unwrap());
        let runs = || home.path().join("runs").exists();
        until("it runs, or ends without", async || runs() || late.try_wait().unwrap().is_some()).await;
        if runs() {
            restored.fails("a script runs that the backup knows nothing of");
        } else {
            restored.succeeds("Everybody signs in again");
        }
        std::fs::write(home.path().join("enough"), "").unwrap();
        late.wait().unwrap();
        std::fs::remove_dir_all(here.data().join("runs")).unwrap();
    }
}
