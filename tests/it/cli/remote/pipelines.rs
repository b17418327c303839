//! The examples for pipelines: each is run as it stands in the documentation, by a shell that plays the runner.

use std::path::Path;

use rustix::process::Signal;
use tollgate::app::tokens::NewToken;
use tollgate::domain::tokens::TokenScope;

use super::{Machine, Running, answer};
use crate::db::Db;
use crate::web::app::{REGION, TestApp};

on_both!(each_example_of_a_pipeline_starts_a_release_and_ends_as_it_does);

const RELEASE: &str = "name: shop-web-release\nvariables: [{name: version, required: true}]\nphases:\n  - name: Build\n    tasks:\n      \
                       - {name: build, script: 'echo building ${vars.version}'}\n  - name: Go\n    tasks:\n      \
                       - {name: go-live, type: manual-approval, approvers: [approver]}\n";

/// The script of the example below that heading, without its indentation: between a line that ends so and the one that ends it.
fn script(heading: &str, begins: &str) -> String {
    let docs = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pipelines.md")).unwrap();
    let (_, rest) = docs.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, rest) = rest.split_once(begins).unwrap();
    let end = rest.find("'''").or_else(|| rest.find("```")).unwrap();
    let end = rest.find("```").unwrap().min(end);
    let lines: Vec<&str> = rest[..end].lines().filter(|line| !line.trim().is_empty()).collect();
    let indentation = lines[0].len() - lines[0].trim_start().len();
    let lines: Vec<&str> = lines.iter().map(|line| line.get(indentation..).unwrap_or("")).collect();
    lines.join("\n") + "\n"
}

async fn each_example_of_a_pipeline_starts_a_release_and_ends_as_it_does(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Machine::of(&app, "operator", &[TokenScope::Operate]).await;
    let approver = Machine::of(&app, "approver", &[TokenScope::Approve]).await;
    let expires_at = app.app.clock.now() + chrono::TimeDelta::days(30);
    let scopes = [TokenScope::Operate].into();
    let new =
        NewToken { name: "ci".to_owned(), owner: None, service_of: Some(app.team), scopes, only: None, expires_at };
    let service = app.app.make_token(&app.caller("manager").await, &new).await.unwrap().secret;
    super::applied(&operator, RELEASE).await;
    // The runner finds the program on its path.
    let folder = operator.home.path().join("bin");
    std::fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink(crate::PROGRAM, folder.join("tollgate")).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let examples = [
        ("GitLab CI", "- |\n", [("CI_COMMIT_TAG", "1.10"), ("CI_PIPELINE_ID", "17")]),
        ("GitHub Actions", "run: |\n", [("GITHUB_REF_NAME", "1.10"), ("GITHUB_RUN_ID", "17")]),
        ("Jenkins", "sh '''\n", [("TAG_NAME", "1.10"), ("BUILD_TAG", "jenkins-shop-17")]),
    ];
    for (number, (heading, begins, variables)) in (1..).zip(examples) {
        let script = script(heading, begins);
        assert!(script.contains("--wait"), "{heading}: {script}");
        let runner = || {
            let mut shell = operator.bare("/bin/sh", &["-e", "-c", &script]);
            shell.env("PATH", &path).env("TOLLGATE_SERVER", &operator.server).env("TOLLGATE_REGION", REGION);
            shell.env("TOLLGATE_TOKEN", &service).envs(variables).process_group(0);
            shell
        };
        let mut job = Running::start(runner());
        job.says("go-live: To be approved").await;
        assert!(job.said.contains(&"build#1 | building 1.10".to_owned()), "{heading}: {:?}", job.said);
        // As runners do: first the whole group is told, and in the end everything is killed.
        job.is_sent_to_all(Signal::KILL);
        job.ends().await;
        approver.run(&["release", "approve", &format!("shop-web-release#{number}")]).await.succeeds("agreed");
        let again = answer(runner(), "").await;
        assert_eq!(again.status.code(), Some(0), "{heading}: {}{}", again.out, again.err);
        again.succeeds(&format!("shop-web-release#{number}: Successful"));
    }
    app.stops().await;
}

#[tokio::test]
async fn each_shell_is_told_how_to_complete_commands() {
    let machine = Machine::new("http://127.0.0.1:1", "none");
    for (shell, begins) in [("bash", "_tollgate()"), ("zsh", "#compdef tollgate"), ("fish", "complete -c tollgate")] {
        let script = machine.run(&["completion", shell]).await;
        script.succeeds(begins);
        assert!(script.out.contains("roll-back") && script.out.contains("idempotency-key"), "{shell}");
    }
    let file = machine.home.path().join("completion.bash");
    std::fs::write(&file, machine.run(&["completion", "bash"]).await.out).unwrap();
    let asks = "source completion.bash; COMP_WORDS=(tollgate release app); COMP_CWORD=2; _tollgate tollgate app release; echo ${COMPREPLY[*]}";
    let mut bash = machine.bare("/bin/bash", &["--norc", "-c", asks]);
    bash.env("PATH", "/usr/bin:/bin");
    assert_eq!(answer(bash, "").await.out, "approve apply\n", "completed");
}
