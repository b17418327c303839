//! Isolation of scripts: the sentences at the start, the refusals, and what scripts reach, with the real program, under
//! root with an account for scripts and under an ordinary user, on both databases.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rustix::process::geteuid;
use tempfile::TempDir;
use tollgate::data_layout::DataLayout;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::{ReleaseId, TeamId};
use tollgate::domain::status::ReleaseStatus;
use tollgate::runlog::read_from;

use crate::as_root::is_root;
use crate::db::Db;
use crate::program::{self, ANYWHERE, Program};
use crate::web::browser::Browser;

on_both!(
    f0_scripts_of_root_reach_nothing,
    f0_scripts_of_an_ordinary_user_reach_nothing,
    f0_folders_go_to_another_account_when_no_script_of_the_one_before_runs,
    f0_scripts_on_the_hosts_of_the_demo_reach_nothing,
);

/// An ordinary user that nothing else has.
const USER: u32 = 54_322;

/// Tries what it can to reach the server that runs it, and says who it is.
const TRIES: &str = r#"
          t() { what=$1; shift; if "$@" >/dev/null 2>&1; then echo "reached: $what"; fi; }
          D=${TOLLGATE_OUTPUT%/runs/*}
          [ "$D" != "$TOLLGATE_OUTPUT" ] || echo "reached: no data folder is known"
          t "the node" cat "$D/node"
          t "the lock" sh -c ': > "$D/lock"'
          t "the data folder" ls "$D"
          t "a database in the data folder" cat "$D/tollgate.db"
          t "another database" cat "$OTHER_DATABASE"
          t "the keys of secrets" cat "$KEY_FILE"
          t "the keys of secrets, to add one" sh -c ': >> "$KEY_FILE"'
          t "the workspace of all" ls "$D/workspace"
          t "the environment of the server" sh -c 'for p in /proc/[0-9]*; do grep -qz "^WORD_OF_THE_SERVER" "$p/environ" && exit 0; done; exit 1'
          t "signals to the server" pkill -0 -x tollgate
          t "the log of this attempt" sh -c ': >> "${TOLLGATE_OUTPUT%/*}/log"'
          echo "$(id -u) in $(pwd)"
          mkdir -p made && mktemp >/dev/null && echo works
"#;

fn definition(database: &Path, keys: &Path) -> String {
    let tries = TRIES.replace("$OTHER_DATABASE", &database.display().to_string());
    let tries = tries.replace("$KEY_FILE", &keys.display().to_string());
    format!(
        "name: reaching\nteam: Platform\nregion: eu-west\nphases:\n  - name: Work\n    tasks:\n      - name: try\n        \
         workingFolder: site\n        script: |{tries}        rollback: |{tries}      - name: hold\n        \
         workingFolder: site\n        script: |\n          echo held; while ! [ -e go ]; do sleep 0.01; done\n{}",
        format_args!("      - name: again\n        workingFolder: site\n        script: |{tries}")
    )
}

/// An installation of the demo, under whichever user and account.
struct Here {
    home: TempDir,
    db: Db,
    /// An ordinary user for the server; without it, whoever runs the tests.
    user: Option<u32>,
    arguments: &'static [&'static str],
    with_hosts: bool,
}

impl Here {
    fn new(db: Db, user: Option<u32>, arguments: &'static [&'static str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
        if let Some(user) = user {
            chown(home.path(), Some(user), Some(user)).unwrap();
            if let Some(folder) = Self::database(&db).and_then(|file| Some(file.parent()?.to_owned())) {
                let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
                for path in files.chain([folder.clone()]) {
                    chown(path, Some(user), Some(user)).unwrap();
                }
            }
        }
        Self { home, db, user, arguments, with_hosts: false }
    }

    /// The file of the database, if it is one.
    fn database(db: &Db) -> Option<PathBuf> {
        db.url.strip_prefix("sqlite:").map(PathBuf::from)
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The key file, outside the data folder.
    fn keys(&self) -> PathBuf {
        self.home.path().join("keys")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let plain = program::command(crate::PROGRAM, &self.data(), Some(&self.db.url));
        let mut command = match self.user {
            None => Command::new(plain.get_program()),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={user}"), format!("--regid={user}")]);
                command.args(["--clear-groups", "--"]).arg(plain.get_program());
                command
            }
        };
        command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env_remove("TOLLGATE_SCRIPTS_AS_ROOT").env("WORD_OF_THE_SERVER", "x").args(arguments);
        command.env("TOLLGATE_KEY_FILE", self.keys());
        if self.with_hosts {
            command.env_remove("TOLLGATE_WITHOUT_HOSTS");
        }
        command
    }

    fn serves(&self) -> Program {
        let mut command = self.command(&[&["demo", "--listen", ANYWHERE], self.arguments].concat());
        let log = self.home.path().with_extension("log");
        Program::launch(&mut command, &log).unwrap_or_else(|said| panic!("it does not start: {said}"))
    }

    async fn signs_in(&self, program: &Program) -> Browser {
        let browser = Browser::new(program.url.strip_prefix("http://").unwrap().parse().unwrap());
        assert_eq!(browser.signs_in("operator", &program.passwords["operator"]).await.status, 303);
        browser
    }

    async fn is(&self, release: ReleaseId, what: &str, is: impl Fn(&Execution) -> bool) -> Execution {
        let asked = Instant::now();
        loop {
            let execution = self.db.store.execution_numbered(release, 1).await.unwrap();
            if let Some(execution) = execution.as_ref().filter(|execution| is(execution)) {
                return execution.clone();
            }
            assert!(asked.elapsed() < Duration::from_mins(1), "not {what} in a minute: {execution:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn log(&self, execution: &Execution, task: &str, attempt: u32) -> Vec<String> {
        let log = DataLayout::new(&self.data()).unwrap().log(execution.id, task, attempt);
        read_from(&log, 0, u64::MAX).unwrap().lines.into_iter().map(|line| line.text).collect()
    }

    /// Brings a release task in and executes all of it.
    async fn executes(&self, program: &Program, definition: &str, tasks: &[&str]) -> ReleaseId {
        let line = |key: &str| definition.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        let (name, team) = (line("name: "), self.team_named(line("team: ")).await);
        let file = self.home.path().join("release.yaml");
        fs::write(&file, definition).unwrap();
        let imported = self.command(&["import", file.to_str().unwrap()]).output().unwrap();
        assert!(imported.status.success(), "{}", said(&imported));
        let release = self.db.store.begin_write().await.unwrap().release_named(team, name).await.unwrap().unwrap();
        let form: Vec<_> = tasks.iter().map(|task| ("task", *task)).chain([("execution", "0")]).collect();
        let url = format!("/regions/eu-west/release-tasks/{release}/execute");
        assert_eq!(self.signs_in(program).await.post(&url, &form).await.status, 303);
        release
    }

    async fn team(&self) -> TeamId {
        self.team_named("Platform").await
    }

    async fn team_named(&self, name: &str) -> TeamId {
        self.db.store.teams().await.unwrap().into_iter().find(|team| team.name == name).unwrap().id
    }

    /// A release runs, over a restart of the server, and is rolled back; each of its scripts tries what it can.
    async fn tries_everything(&self, scripts: u32) {
        let mut program = self.serves();
        let database = Self::database(&self.db).unwrap_or_else(|| self.data().join("tollgate.db"));
        let release = self.executes(&program, &definition(&database, &self.keys()), &["try", "hold", "again"]).await;
        let (team, url) = (self.team().await, format!("/regions/eu-west/release-tasks/{release}"));
        let holds = |execution: &Execution| {
            execution.tasks[1].attempt == 1 && self.log(execution, "hold", 1).contains(&"held".to_owned())
        };
        self.is(release, "held", |execution| execution.tasks[1].attempt == 1).await;
        let execution = self.is(release, "held", |execution| self.has_log(execution) && holds(execution)).await;
        // The next server goes on with the same account.
        drop(program);
        program = self.serves();
        let place = DataLayout::new(&self.data()).unwrap().team(team).join("site");
        fs::write(place.join("go"), "").unwrap();
        self.is(release, "successful", |execution| execution.status() == ReleaseStatus::Successful).await;
        let operator = self.signs_in(&program).await;
        assert_eq!(operator.post(&format!("{url}/roll-back"), &[("execution", "1")]).await.status, 303);
        self.is(release, "rolled back", |execution| execution.status() == ReleaseStatus::RolledBack).await;
        let expected = [format!("{scripts} in {}", place.display()), "works".to_owned()];
        for (task, attempt) in [("try", 1), ("again", 1), ("try", 2)] {
            assert_eq!(self.log(&execution, task, attempt), expected, "{task} {attempt}");
        }
        let mut left = fs::read_dir(self.data().join("tmp")).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(left.all(|name| name == ".locks"), "no temporary files are left");
        assert_eq!(fs::metadata(self.keys()).unwrap().mode() & 0o777, 0o600, "the server has its keys there");
        if let Some(database) = Self::database(&self.db) {
            assert_eq!(fs::metadata(database).unwrap().mode() & 0o777, 0o600);
        }
    }

    fn has_log(&self, execution: &Execution) -> bool {
        DataLayout::new(&self.data()).unwrap().log(execution.id, "hold", 1).exists()
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// Whether a test on that database goes on here, as root.
fn is_root_with(db: &Db, test: &str) -> bool {
    let kind = if Here::database(db).is_some() { "sqlite" } else { "postgres" };
    is_root(&format!("isolation::{test}::{kind}"))
}

async fn f0_scripts_of_root_reach_nothing(db: Db) {
    if !is_root_with(&db, "f0_scripts_of_root_reach_nothing") {
        return;
    }
    let here = Here::new(db, None, &["--script-user", "nobody"]);
    let nobody = tollgate::confine::Account::of_scripts("nobody", 0).unwrap();
    here.tries_everything(nobody.uid).await;
    let data = fs::metadata(here.data()).unwrap();
    assert_eq!((data.mode() & 0o777, data.gid()), (0o710, nobody.gid));
}

async fn f0_folders_go_to_another_account_when_no_script_of_the_one_before_runs(db: Db) {
    if !is_root_with(&db, "f0_folders_go_to_another_account_when_no_script_of_the_one_before_runs") {
        return;
    }
    let mut here = Here::new(db, None, &["--scripts-as-root"]);
    let task = |name: &str, script: &str| {
        format!(
            "name: {name}\nteam: Platform\nregion: eu-west\nphases: [{{name: Work, tasks: [{{name: work, workingFolder: \
             site, script: '{script}'}}]}}]\n"
        )
    };
    let program = here.serves();
    let hold = task("hold", "echo mine > mine; echo held; while ! [ -e go ]; do sleep 0.01; done; echo went");
    let first = here.executes(&program, &hold, &["work"]).await;
    let site = DataLayout::new(&here.data()).unwrap().team(here.team().await).join("site");
    let asked = Instant::now();
    while !site.join("mine").exists() {
        assert!(asked.elapsed() < Duration::from_mins(1), "the script does not begin");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let outside = here.home.path().join("outside");
    fs::write(&outside, "").unwrap();
    fs::hard_link(&outside, site.join("hard")).unwrap();
    std::os::unix::fs::symlink(&outside, site.join("soft")).unwrap();
    drop(program);

    here.arguments = &["--script-user", "nobody"];
    let nobody = tollgate::confine::Account::of_scripts("nobody", 0).unwrap().uid;
    let program = here.serves();
    let second = here.executes(&program, &task("later", "id -u; echo x >> mine"), &["work"]).await;
    here.is(second, "begun", |execution| execution.tasks[0].attempt == 1).await;
    let owner = |path: &Path| fs::symlink_metadata(path).unwrap().uid();
    assert_eq!(owner(&site), 0, "the script of root still runs there");
    fs::write(site.join("go"), "").unwrap();
    let ended = |execution: &Execution| execution.status() == ReleaseStatus::Successful;
    let first = here.is(first, "successful", ended).await;
    let second = here.is(second, "successful", ended).await;
    assert_eq!(here.log(&first, "work", 1), ["held", "went"]);
    assert_eq!(here.log(&second, "work", 1), [nobody.to_string()]);
    for (path, whose) in
        [(site.join("mine"), nobody), (site.clone(), nobody), (site.join("soft"), nobody), (outside, 0)]
    {
        assert_eq!(owner(&path), whose, "{}", path.display());
    }
    assert_eq!(owner(&site.join("hard")), 0, "a file with several names is left out");
}

async fn f0_scripts_on_the_hosts_of_the_demo_reach_nothing(db: Db) {
    if !is_root_with(&db, "f0_scripts_on_the_hosts_of_the_demo_reach_nothing") {
        return;
    }
    let here = Here { with_hosts: true, ..Here::new(db, None, &["--script-user", "nobody"]) };
    let nobody = tollgate::confine::Account::of_scripts("nobody", 0).unwrap();
    let database = Here::database(&here.db).unwrap_or_else(|| here.data().join("tollgate.db"));
    let (hosts, uid) = (here.data().join("demo-hosts"), nobody.uid);
    let more = ["client", "edge-1/session.json", "edge-1/host_key", "edge-2/config"].map(|path| hosts.join(path));
    let places = [here.data(), here.data().join("node"), database, here.keys(), hosts.clone()].into_iter().chain(more);
    let places: Vec<String> = places.map(|path| path.display().to_string()).collect();
    let definition = format!(
        r#"
name: reaching-hosts
team: Storefront
region: eu-west
phases:
  - name: Work
    tasks:
      - name: try
        in: demo-hosts
        script: |
          [ "$(id -u)" = {uid} ] || exit 3
          for place in {}; do
            if ls "$place/" >/dev/null 2>&1 || cat "$place" >/dev/null 2>&1; then echo "reached: $place"; exit 4; fi
          done
          for other in edge-1 edge-2 edge-3; do
            [ "$TOLLGATE_HOST" = "$other" ] || ! ls "{home}/$other/home" >/dev/null 2>&1 || exit 6
          done
          if pkill -0 -x tollgate; then echo "reached: signals"; exit 5; fi
          echo "$HOME" > mine
"#,
        places.join(" "),
        home = hosts.display()
    );
    let program = here.serves();
    let (team, tx) = (here.team_named("Storefront").await, here.db.store.begin_write().await.unwrap());
    assert!(tx.release_named(team, "shop-edge").await.unwrap().is_some(), "the demo has a release task for its hosts");
    drop(tx);
    let release = here.executes(&program, &definition, &["try"]).await;
    let execution = here.is(release, "over", |execution| execution.ended_at.is_some()).await;
    assert_eq!(execution.status(), ReleaseStatus::Successful, "{:?}", execution.tasks[0].state);
    for name in ["edge-1", "edge-2", "edge-3"] {
        let home = hosts.join(name).join("home");
        assert_eq!(fs::read_to_string(home.join("mine")).unwrap(), format!("{}\n", home.display()));
        assert_eq!(fs::metadata(home.join("mine")).unwrap().uid(), uid);
    }
}

async fn f0_scripts_of_an_ordinary_user_reach_nothing(db: Db) {
    let root = geteuid().is_root();
    let here = Here::new(db, root.then_some(USER), &[]);
    here.tries_everything(if root { USER } else { geteuid().as_raw() }).await;
}

fn serve(user: Option<u32>, environment: &[(&str, &str)], arguments: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), Permissions::from_mode(0o777)).unwrap();
    let here = |program: &str| match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args([&format!("--reuid={user}"), "--clear-groups", "--", program]);
            command
        }
    };
    let mut command = here(env!("CARGO_BIN_EXE_tollgate"));
    command.env_clear().env("TOLLGATE_DATA", home.path().join("data")).envs(environment.iter().copied());
    // It ends after everything else was settled.
    let output = command.args(["serve", "--listen", &TAKEN.1]).args(arguments).output().unwrap();
    assert!(!output.status.success());
    said(&output)
}

/// An address on which the test itself listens: a server that gets as far as listening ends there, and names it.
static TAKEN: LazyLock<(TcpListener, String)> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
});

#[test]
fn f0_a_server_that_could_keep_scripts_from_nothing_does_not_start() {
    if !is_root("isolation::f0_a_server_that_could_keep_scripts_from_nothing_does_not_start") {
        return;
    }
    let without = [("TOLLGATE_LANDLOCK", "0")];
    let refused = |user, environment: &[(&str, &str)], arguments: &[&str], words: &str| {
        let said = serve(user, environment, arguments);
        assert!(said.contains(words) && !said.contains(&TAKEN.1), "{words:?} is not said by {said}");
    };
    refused(None, &[], &[], "scripts would run as root");
    refused(None, &[], &["--script-user", "root"], "the account `root` is root");
    refused(None, &[], &["--script-user", "no-such-account"], "there is no account `no-such-account`");
    refused(None, &[], &["--script-user", "nobody", "--scripts-as-root"], "cannot be used with");
    refused(None, &without, &["--scripts-as-root"], "this kernel has no Landlock");
    refused(Some(USER), &without, &[], "--unconfined-scripts");
    refused(Some(USER), &[], &["--script-user", "nobody"], "CAP_SETUID, CAP_SETGID, CAP_CHOWN");

    let starts = |user, environment: &[(&str, &str)], arguments: &[&str], words: &[&str]| {
        let said = serve(user, environment, arguments);
        for word in words.iter().chain(&[TAKEN.1.as_str()]) {
            assert!(said.contains(word), "{word:?} is not said by {said}");
        }
    };
    starts(
        None,
        &[],
        &["--script-user", "nobody"],
        &["Scripts: confined.", "under the account nobody", "cannot list /, /tmp"],
    );
    starts(None, &without, &["--script-user", "nobody"], &["confined in part", "Teams are not kept from each other"]);
    starts(None, &[("TOLLGATE_LANDLOCK", "5")], &["--script-user", "nobody"], &["confined in part"]);
    starts(None, &[], &["--scripts-as-root"], &["confined in part", "They run as root"]);
    starts(Some(USER), &[], &[], &["confined in part", "`sudo` cannot work"]);
    starts(Some(USER), &[("TOLLGATE_LANDLOCK", "2")], &[], &["that takes Landlock 6", "that takes Landlock 3"]);
    starts(Some(USER), &without, &["--unconfined-scripts"], &["Scripts: not confined."]);
}
