//! Scripts that put something in the place of files of their own run folder that is no file.

use tollgate::domain::outcome::Outcome;
use tollgate::executors::Stop;
use tollgate::messages::{Locale, failure_cause};

use super::stage::{GOES_ON, Stage, failed, in_words};

/// What a script may put in the place of a file.
const MADE: [&str; 5] = ["mkfifo", "mkdir", "ln -s nothing", "ln -s /dev/zero", "truncate -s 1T"];

/// A script that puts that in the place of files of its run folder, and goes on until it is told.
fn replacing(files: &str, made: &str) -> Stage {
    Stage::new(&format!(
        "cd \"$(dirname \"$0\")\"; for file in {files}; do rm -rf $file; {made} $file; done; {GOES_ON}"
    ))
}

#[tokio::test]
async fn f1_a_script_whose_run_folder_has_no_files_is_picked_up_and_its_end_is_known() {
    for made in MADE {
        let stage = replacing("exit.json exit.room lock supervisor.json supervisor.log log", made);
        stage.left_by_its_server().await;
        stage.is_picked_up(made).await;
    }
}

#[tokio::test]
async fn f1_a_script_whose_exit_status_is_no_file_is_interrupted_with_its_supervisor() {
    for made in MADE {
        let stage = replacing("exit.json lock", made);
        stage.left_by_all().await;
        let Outcome::Interrupted { cause } = stage.run().await else { panic!("{made}") };
        // A link to nothing is no file either.
        let message = failure_cause(&cause, Locale::English);
        assert!(message.contains("exit.json cannot be read: it is "), "{made}: {message}");
    }
}

#[tokio::test]
async fn f1_a_stop_that_is_no_file_stops_the_script() {
    for made in ["mkfifo", "ln -s nothing"] {
        let stage = replacing("stop", made);
        let stop = Stop::new();
        let run = stage.begin(&stop);
        stage.made("parent").await;
        stop.cancel();
        assert_eq!(run.await.unwrap(), Outcome::Stopped, "{made}");
    }
}

#[tokio::test]
async fn f1_outputs_that_are_no_file_fail_the_task_with_a_sentence() {
    for (made, what) in [("mkfifo", "a named pipe"), ("mkdir", "a folder"), ("ln -s /dev/zero", "a link")] {
        let stage = Stage::new(&format!("rm -f \"$TOLLGATE_OUTPUT\"; {made} \"$TOLLGATE_OUTPUT\""));
        let sentence = format!("The outputs could not be read: it is {what}, not a file.");
        assert_eq!(in_words(stage.run().await), failed(&sentence));
    }
}

#[tokio::test]
async fn f1_outputs_that_are_too_long_are_cut_however_the_script_ends() {
    for (ends, message) in
        [("true", "The outputs are longer than 1 MiB."), ("exit 3", "The script ended with status 3.")]
    {
        let stage = Stage::new(&format!("truncate -s 1T \"$TOLLGATE_OUTPUT\"; {ends}"));
        assert_eq!(in_words(stage.run().await), failed(message));
        assert_eq!(stage.folder().outputs().metadata().unwrap().len(), 1024 * 1024, "{ends}");
    }
    let stage = Stage::new("truncate -s 2M big; ln -f big \"$TOLLGATE_OUTPUT\"");
    assert_eq!(in_words(stage.run().await), failed("The outputs are longer than 1 MiB."));
    assert_eq!(stage.file("big").metadata().unwrap().len(), 2 * 1024 * 1024, "another file has that name too");
}

#[tokio::test]
async fn f1_outputs_that_are_too_long_are_cut_when_the_supervisor_is_gone() {
    let stage = Stage::new(&format!("truncate -s 1T \"$TOLLGATE_OUTPUT\"; {GOES_ON}"));
    stage.left_by_all().await;
    let outcome = stage.run().await;
    assert!(matches!(outcome, Outcome::Interrupted { .. }), "{outcome:?}");
    assert_eq!(stage.folder().outputs().metadata().unwrap().len(), 1024 * 1024);
}
