//! Tests of the examples: they do what they say; those whose program a test machine has not do it with a stand-in.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use super::{EXAMPLES, named};

const REVISION: &str = r#"{"version": "1.4.2"}"#;

/// Runs a script in a folder, for one revision, with what is in `bin` there before other programs.
fn run(script: &str, folder: &Path, revision: u32) {
    let file = folder.join("revision.json");
    fs::write(&file, REVISION).unwrap();
    let bin = folder.join("bin").display().to_string();
    let done = Command::new("/bin/sh")
        .args(["-c", script])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{bin}:/usr/bin:/bin"))
        .envs([
            ("TOLLGATE_APPLICATION", "Shop"),
            ("TOLLGATE_COMPONENT", "web"),
            ("TOLLGATE_VERSION", "1.4.2"),
            ("TOLLGATE_IMAGE", "shop:1.4.2"),
            ("TOLLGATE_PACKAGE", "charts/shop"),
            ("TOLLGATE_PORTS", "80, 443"),
            ("TOLLGATE_REPLICAS", "3"),
            ("INVENTORY", "hosts"),
            ("PLAYBOOK", "deploy.yaml"),
        ])
        .env("TOLLGATE_REVISION", &file)
        .env("TOLLGATE_REVISION_NUMBER", revision.to_string())
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
}

/// What the stand-ins of the programs were asked by both scripts, in one line each.
fn asked(word: &str) -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for program in ["systemctl", "docker", "helm", "ansible-playbook"] {
        fs::write(bin.join(program), "#!/bin/sh\necho \"${0##*/} $*\" >> asked\n").unwrap();
        fs::set_permissions(bin.join(program), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let example = named(Some(word), false);
    run(example.deploy, folder.path(), 7);
    let kept = fs::read_to_string(folder.path().join("shop-web/compose.yaml")).unwrap_or_default();
    run(example.remove, folder.path(), 7);
    let home = folder.path().display().to_string();
    let asked = fs::read_to_string(folder.path().join("asked")).unwrap_or_default().replace(&home, "HOME");
    (folder, asked.lines().chain(kept.lines()).map(str::to_owned).collect())
}

#[test]
fn b9_no_reader_finds_a_gap_while_revisions_are_switched_and_rolled_back() {
    let folder = tempfile::tempdir().unwrap();
    let example = named(None, false);
    run(example.deploy, folder.path(), 1);
    let current = folder.path().join("Shop/web/current/revision.json");
    std::thread::scope(|scope| {
        let switching = scope.spawn(|| {
            // Twice the same: a retry deploys what is there already.
            for revision in (2..=60).chain([59, 58, 58, 58]) {
                run(example.deploy, folder.path(), revision);
            }
        });
        while !switching.is_finished() {
            assert_eq!(fs::read_to_string(&current).unwrap(), REVISION);
        }
        switching.join().unwrap();
    });
    assert_eq!(fs::read_link(current.parent().unwrap()).unwrap(), Path::new("58"));
    run(example.remove, folder.path(), 58);
    assert!(!folder.path().join("Shop/web").exists());
}

#[test]
fn each_example_asks_its_program_to_deploy_and_to_remove() {
    let (_, systemd) = asked("systemd");
    assert_eq!(
        systemd,
        [
            "systemctl restart -- Shop-web.service",
            "systemctl is-active --quiet -- Shop-web.service",
            "systemctl stop -- Shop-web.service",
        ]
    );
    let (_, compose) = asked("compose");
    let up = "docker compose --project-name shop-web --file HOME/shop-web/compose.yaml";
    assert_eq!(compose[..2], [format!("{up} up --detach --wait --remove-orphans"), format!("{up} down")]);
    let written =
        ["services:", "  app:", "    image: 'shop:1.4.2'", "    ports:", "      - \"80:80\"", "      - \"443:443\""];
    assert_eq!(compose[2..], written);
    let (_, helm) = asked("helm");
    let upgrade =
        "helm upgrade --install --wait --timeout 8m --version=1.4.2 --set-string=image=shop:1.4.2 --set=replicaCount=3";
    assert_eq!(helm, [format!("{upgrade} -- shop-web charts/shop"), "helm uninstall --wait -- shop-web".to_owned()]);
    let (_, ansible) = asked("ansible");
    let playbook = |state: &str| {
        format!(
            "ansible-playbook --inventory=hosts --extra-vars=@HOME/revision.json --extra-vars=state={state} -- deploy.yaml"
        )
    };
    assert_eq!(ansible, [playbook("present"), playbook("absent")]);
}

#[test]
fn an_example_without_its_program_says_so_in_its_first_lines() {
    for example in &EXAMPLES[1..] {
        assert!(example.deploy.contains("Tried with a stand-in for"), "{}", example.word);
    }
    assert_eq!(named(Some("nothing"), false).word, "folder");
}
