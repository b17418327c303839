//! Fields and texts of every kind.

use super::*;
use crate::domain::people::Role;

/// Every kind, with a value in every field.
fn filled() -> Vec<Kind> {
    let map = |names: [&str; 2]| names.map(|name| (name.to_owned(), name.to_lowercase())).into();
    let some = |text: &str| Some(text.to_owned());
    let retry = Retry { attempts: 3, delay: 7 };
    let command = CommandSpec {
        script: "do".to_owned(),
        rollback: some("undo"),
        target: some("prod"),
        working_folder: some("folder"),
        environment: map(["A", "B"]),
        timeout: 5,
        retry,
        continue_on_error: true,
        leave_running: true,
    };
    let http = HttpCheck {
        url: "http://a".to_owned(),
        method: CheckMethod::Post,
        headers: map(["C", "D"]),
        status: StatusRange { from: 300, to: 301 },
        contains: some("contains"),
        matches: some("matches"),
        json: Some(JsonCheck { path: "$.a".to_owned(), equals: "six".to_owned() }),
        under_ms: Some(9),
        any_host: true,
    };
    let approval = ManualApproval {
        approvers: vec!["ann".to_owned()],
        roles: vec![Role::Manager],
        required: 2,
        starter_may_approve: true,
        deadline: Some(4),
        on_deadline: OnDeadline::Stay,
        check: "look".to_owned(),
    };
    let clock = Wait::Clock { hour: 1, minute: 2, zone: "UTC".to_owned() };
    let source = GitSource {
        address: "https://a/b".to_owned(),
        reference: "v1".to_owned(),
        folder: some("web"),
        credential: some("GIT"),
    };
    let check = ScriptCheck { script: "look".to_owned(), target: some("prod"), environment: map(["E", "F"]) };
    let verify = VerifySpec {
        check: VerifyCheck::Script(check.clone()),
        every: 1,
        holds: 2,
        within: 3,
        retry,
        continue_on_error: true,
    };
    let work =
        CommandSpec { rollback: None, target: None, working_folder: None, leave_running: false, ..command.clone() };
    vec![
        Kind::Build(BuildSpec { source: Some(source), artefacts: vec!["dist/".to_owned()], work }),
        Kind::Command(command),
        Kind::Verify(VerifySpec { check: VerifyCheck::Http(http), ..verify.clone() }),
        Kind::Verify(VerifySpec { check: VerifyCheck::Script(check), ..verify }),
        Kind::Wait(Wait::Seconds { seconds: 3 }),
        Kind::Wait(clock),
        Kind::ManualApproval(approval),
        Kind::ManualTrigger(ManualTrigger { check: "look".to_owned() }),
    ]
}

#[test]
fn taking_every_field_is_taking_all_there_and_back() {
    let clock = Kind::Wait(Wait::Clock { hour: 5, minute: 6, zone: "Asia/Tokyo".to_owned() });
    for full in filled() {
        let mut others: Vec<Kind> = Kind::offered().into();
        others.push(clock.clone());
        let mut same = 0;
        for empty in others {
            let keys: Vec<String> = full.fields().into_iter().chain(empty.fields()).map(|field| field.key).collect();
            for (mut taker, giver) in [(full.clone(), &empty), (empty.clone(), &full)] {
                let before = taker.clone();
                for key in &keys {
                    taker.take(key, giver);
                }
                if before.form() == giver.form() {
                    assert_eq!(taker, *giver);
                    same += 1;
                } else {
                    assert_eq!(taker, before);
                }
            }
        }
        assert_eq!(same, 2, "{}", full.word());
    }
}

#[test]
fn every_field_of_the_stored_form_is_one_of_the_fields() {
    for kind in filled() {
        let json = serde_json::to_value(&kind).expect("it is written");
        let leaves = |value: &serde_json::Value| value.as_object().map_or(1, serde_json::Map::len);
        let groups = ["/retry", "/environment", "/http", "/source", "/script", "/http/headers", "/script/environment"];
        let nested = groups.map(|path| json.pointer(path).map_or(0, |it| leaves(it) - 1));
        // A time of day is one field and its form none; the type is none either.
        let apart = if json.get("hour").is_some() { 3 } else { 1 + usize::from(json.get("until").is_some()) };
        let count = leaves(&json) + nested.iter().sum::<usize>() - apart;
        assert_eq!(kind.fields().len(), count, "{json}");
    }
}

#[test]
fn texts_are_the_same_to_be_read_and_to_be_changed() {
    for mut kind in filled() {
        let read: Vec<String> = kind.texts().iter().map(|used| used.text.to_owned()).collect();
        let changed: Vec<String> = kind.texts_mut().into_iter().map(|text| text.clone()).collect();
        assert_eq!(read, changed, "{}", kind.word());
    }
}
