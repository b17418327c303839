//! Secrets that a script is given: it has them in its environment, and nothing that it leaves behind has them.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tollgate::domain::failure_cause::{FailureCause, SecretProblem};
use tollgate::domain::outcome::Outcome;
use tollgate::executors::PrivateText;

use super::stage::Stage;
use crate::files::all_bytes;

const SECRET: &str = "hunter2/hunter2+ü";

/// A script that is given a secret.
fn given(script: &str) -> Stage {
    let mut stage = Stage::new(script);
    let text = PrivateText::new(format!("Bearer {SECRET}"));
    stage.order.private_environment.insert("TOKEN".to_owned(), text);
    stage.order.secrets.push(PrivateText::new(SECRET));
    stage
}

/// Whether the secret, or a part of it in base64, is in something that the script left.
fn leaks(stage: &Stage) -> bool {
    let encoded = STANDARD.encode(SECRET);
    let bytes = all_bytes(stage.home());
    let finds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    finds(SECRET.as_bytes()) || finds(&encoded.as_bytes()[..16])
}

#[tokio::test]
async fn b26_a_script_has_its_secret_and_its_log_does_not() {
    let stage = given(
        r#"test "$TOKEN" = "Bearer $(printf 'hunter2%s' '/hunter2+ü')" || exit 9
        echo "the token is $TOKEN"
        printf '%s' "${TOKEN#Bearer }" | base64
        # In two pieces, with a pause in which what has come is written down.
        printf '%s' "${TOKEN%??}"; sleep 0.3; printf '%s\n' "${TOKEN#"${TOKEN%??}"}"
        echo "fine=yes" > "$TOLLGATE_OUTPUT""#,
    );
    let Outcome::Succeeded { outputs } = stage.run().await else { panic!("{:?}", stage.texts()) };
    assert_eq!(outputs.get("fine").map(String::as_str), Some("yes"));
    let texts = stage.texts();
    assert_eq!(texts[0], "the token is Bearer ***");
    assert!(texts[1].starts_with("***") && texts[1].len() <= 6, "{texts:?}");
    assert_eq!(texts[2], "Bearer ***");
    assert!(!leaks(&stage), "{texts:?}");
}

#[tokio::test]
async fn an_output_with_a_secret_in_it_is_refused_and_gone() {
    for (script, name) in [
        (r#"echo "token=$TOKEN" > "$TOLLGATE_OUTPUT""#, Some("token".to_owned())),
        (r#"echo "$TOKEN" > "$TOLLGATE_OUTPUT""#, None),
    ] {
        let stage = given(script);
        let cause = FailureCause::SecretInOutput { name };
        assert_eq!(stage.run().await, Outcome::Failed { cause }, "{script}");
        assert!(!leaks(&stage), "{script}");
    }
    // One that failed for another reason leaves nothing either.
    let stage = given(r#"echo "token=$TOKEN" > "$TOLLGATE_OUTPUT"; exit 3"#);
    assert_eq!(stage.run().await, Outcome::Failed { cause: FailureCause::Exited { status: 3 } });
    assert!(!leaks(&stage));
}

#[tokio::test]
async fn what_was_started_goes_on_when_its_secret_is_gone_and_nothing_else_is_started() {
    let missing = FailureCause::Secret { name: "API_TOKEN".to_owned(), problem: SecretProblem::Missing };
    let mut stage = given("true");
    stage.order.refused = Some(missing.clone());
    assert_eq!(stage.run().await, Outcome::Errored { cause: missing.clone() });
    assert!(!stage.folder().mark().exists());
    let script = "echo once >> mark; echo $PPID > parent; until [ -e go ]; do sleep 0.02; done";
    let mut stage = given(script);
    stage.left_by_its_server().await;
    stage.order.refused = Some(missing);
    stage.order.private_environment.clear();
    stage.is_picked_up("a secret that is gone").await;
}

#[tokio::test]
async fn nothing_says_what_a_secret_is() {
    let stage = given("true");
    let spec = stage.executor.order_of(&stage.order, std::time::Duration::MAX);
    assert!(!format!("{:?} {spec:?}", stage.order).contains("hunter2"));
    let _ = fs::remove_dir_all(stage.home());
}
