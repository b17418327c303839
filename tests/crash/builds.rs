//! The server dies while it keeps what a build left: all of it is kept, once, and the script is not run again.

use sha2::{Digest as _, Sha256};
use tollgate::app::secret::hexadecimal;
use tollgate::domain::status::ReleaseStatus;
use tollgate::failpoints::FAILS_AT;

use crate::db::Db;
use crate::installation::{Installation, People};
use crate::until::until;

on_both!(what_a_build_left_is_kept_once_and_whole_wherever_the_server_dies);

const BUILDS: &str = r#"
name: builds
team: Platform
region: eu-west
phases:
  - name: Build
    tasks:
      - name: build
        type: build
        artefacts: [dist]
        script: |
          echo built
          mkdir dist
          printf small > dist/a
          head -c 2500000 /dev/zero | tr '\0' x > dist/b
  - name: Use
    tasks:
      - name: use
        script: wc -c < "$TOLLGATE_ARTEFACTS/build/dist/b"
"#;

async fn what_a_build_left_is_kept_once_and_whole_wherever_the_server_dies(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let people = People::sign_in(&program).await;
    let release = here.imports(BUILDS).await;
    drop(program);
    let sums = [b"small".to_vec(), vec![b'x'; 2_500_000]].map(|bytes| hexadecimal(&Sha256::digest(bytes)));
    for (number, point) in (1..).zip(["artefacts.found", "artefacts.added", "artefacts.added:3", "artefacts.kept"]) {
        let mut mortal = here.starts_with(&[("TOLLGATE_FAIL_AT", point)]).unwrap();
        let before = (number - 1).to_string();
        let form = [("task", "build"), ("task", "use"), ("execution", before.as_str())];
        let url = format!("/regions/eu-west/release-tasks/{release}/execute");
        let answer = people.at(&mortal).operator.post(&url, &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        mortal.child.wait().unwrap();
        let name = point.split(':').next().unwrap();
        assert!(here.server_log().contains(&format!("{FAILS_AT}{name}")), "{}", here.server_log());

        let _program = here.starts();
        let is_over = async || here.execution(release, number).await.status() == ReleaseStatus::Successful;
        until("it is over", is_over).await;
        let execution = here.execution(release, number).await;
        let said = |task| here.log(execution.id, task, 1).into_iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(said("build").iter().filter(|line| *line == "built").count(), 1, "{point}");
        assert!(said("use").contains(&"2500000".to_owned()), "{point}: {:?}", said("use"));
        let build = execution.tasks[0].id;
        let kept = here.db.store.artefacts_of(&[build]).await.unwrap().remove(&build).unwrap();
        let found: Vec<_> = kept.iter().map(|one| (one.artefact.path.as_str(), one.artefact.sha256.clone())).collect();
        assert_eq!(found, [("dist/a", sums[0].clone()), ("dist/b", sums[1].clone())], "{point}");
        let mut bytes = Vec::new();
        while let Some(piece) = here.db.store.artefact_bytes(kept[1].attempt, 1, bytes.len() as u64).await.unwrap() {
            bytes.extend(piece);
        }
        assert_eq!(hexadecimal(&Sha256::digest(bytes)), sums[1], "{point}");
    }
}
