//! The activity on the command line.

use serde_json::Value;

use super::Installation;
use crate::db::Db;

pub async fn the_activity_is_written_to_a_file(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    here.run(&["team", "add", "shop"], "").succeeds("added team shop");
    here.run(&["region", "add", "eu-west"], "").succeeds("added region eu-west");
    let export = |more: &[&str]| here.run(&[&["activity", "export"], more].concat(), "");
    let answer = export(&[]);
    let told: Vec<Value> = answer.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<&str> = told.iter().map(|event| event["event"]["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["activity_exported", "region_added", "team_added"]);
    assert!(told.iter().all(|event| event["road"] == "command_line"), "{told:?}");
    let csv = export(&["--format", "csv", "--kind", "accounts", "--who", "TOLLGATE"]);
    assert!(csv.out.starts_with("id,at,who,"), "{}", csv.out);
    assert_eq!(csv.out.lines().count(), 5, "a head, and what was done so far with both exports: {}", csv.out);
    assert_eq!(export(&["--format", "csv", "--until", "2020-01-01", "--zone", "Asia/Tokyo"]).out.lines().count(), 1);
    export(&["--kind", "everything"]).fails("it is one of executions, operations");
    export(&["--team", "shp"]).fails("did you mean shop?");
    export(&["--from", "2026-02-30"]).fails("--from");
    export(&["--from", "2026-02-02", "--until", "2026-02-01"]).fails("--until must not be before --from");
}
