//! Logs of scripts, and what they can read.

use tollgate::executors::Stop;
use tollgate::runlog::{Plain, SEGMENTS, read_before, segment_path};

use super::stage::{Stage, succeeded, until};

#[tokio::test]
async fn standard_output_and_error_are_in_order() {
    let stage = Stage::new("for n in 1 2 3 4 5 6 7 8 9; do echo out $n; echo err $n >&2; done");
    assert_eq!(stage.run().await, succeeded());
    let expected: Vec<_> = (1..=9).flat_map(|n| [format!("out {n}"), format!("err {n}")]).collect();
    assert_eq!(stage.texts(), expected);
    let times: Vec<_> = stage.lines().iter().map(|line| line.at).collect();
    assert!(times.is_sorted());
}

#[tokio::test]
async fn progress_is_seen_before_its_line_ends() {
    let stage = Stage::new("printf working; while ! [ -e go ]; do sleep 0.01; done; echo ' done'");
    let run = stage.begin(&Stop::new());
    let line = until("the part is in the log", || stage.lines().pop()).await;
    assert_eq!((line.text.as_str(), line.partial), ("working", true));
    std::fs::write(stage.file("go"), "").unwrap();
    assert_eq!(run.await.unwrap(), succeeded());
    let lines = stage.lines();
    assert_eq!((lines.len(), lines[0].text.as_str(), lines[0].partial), (1, "working done", false));
}

#[tokio::test]
async fn f6_of_a_large_output_the_beginning_and_the_end_are_kept() {
    let mut stage =
        Stage::new("yes 'noise noise noise noise noise noise' | head -n 25000; echo 'FATAL: the reason' >&2; exit 1");
    stage.order.log_limit = 200_000;
    stage.run().await;
    let lines = stage.lines();
    let last = lines.last().unwrap();
    assert_eq!((last.text.as_str(), last.number), ("FATAL: the reason", 25_001));
    assert_eq!((lines[0].text.as_str(), lines[0].number), ("noise noise noise noise noise noise", 1));
    let hole = lines.iter().find(|line| line.dropped > 0).unwrap();
    assert_eq!(lines.len() as u64 - 1 + hole.dropped, 25_001);
    let log = stage.folder().log();
    let files = std::iter::once(log.clone()).chain((0..SEGMENTS).map(|slot| segment_path(&log, slot)));
    let room: u64 = files.map(|file| std::fs::metadata(file).unwrap().len()).sum();
    assert!((200_000..230_000).contains(&room), "{room} bytes");
    assert_eq!(read_before(&log, None, 1).unwrap().lines.first(), Some(last));
    let download: Vec<u8> = Plain::new(&log).flat_map(Result::unwrap).collect();
    assert_eq!(String::from_utf8(download).unwrap().lines().count(), lines.len());
}

#[tokio::test]
async fn a_script_sees_nothing_of_the_server() {
    let stage = Stage::new("env | sort; ls -l /proc/self/fd");
    let secret = [("TOLLGATE_SECRET_KEY", "hunter2"), ("DATABASE_URL", "postgres://secret")];
    assert!(stage.supervise_by_hand(&secret).wait().unwrap().success());
    assert_eq!(stage.run().await, succeeded());
    let texts = stage.texts();
    let names: Vec<_> = texts.iter().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert_eq!(names, ["HOME", "LANG", "PATH", "PWD", "TMPDIR", "TOLLGATE_OUTPUT", "TOLLGATE_TASK"]);
    assert!(texts.contains(&"TOLLGATE_TASK=build".to_owned()));
    // Neither the lock nor the log, nor any other file of the run folder, is open in the script.
    let runs = stage.home().join("runs");
    let open: Vec<_> =
        texts.iter().filter(|line| line.contains(" -> ") && line.contains(runs.to_str().unwrap())).collect();
    assert_eq!(open, [""; 0]);
}

#[tokio::test]
async fn a_log_that_cannot_be_written_does_not_hurt_the_script() {
    let stage = Stage::new("echo one; echo two; echo done > mark");
    std::os::unix::fs::symlink("/dev/full", stage.folder().log()).unwrap();
    assert_eq!(stage.run().await, succeeded());
    assert_eq!(stage.made("mark").await, "done\n");
}

#[tokio::test]
async fn nobody_else_can_read_what_is_in_the_run_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = Stage::new("echo secret");
    stage.run().await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let inside = std::fs::read_dir(&stage.order.folder).unwrap().map(|entry| entry.unwrap().path());
    for path in inside.chain([stage.folder().mark()]) {
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
    }
}
