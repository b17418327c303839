//! Tokens on the command line of the server: by the rules of the page, and with the secret alone on standard output.

use tollgate::app::{App, Caller};
use tollgate::clock::Clock;
use tollgate::domain::activity::Road;
use tollgate::domain::people::Role;
use tollgate::store::Cursor;

use super::Installation;
use crate::db::Db;

pub async fn tokens_are_made_listed_renewed_and_revoked_on_the_command_line(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    for team in ["shop", "other"] {
        here.run(&["team", "add", team], "").succeeds("added team");
    }
    here.run(&["user", "add", "ann", "--team", "shop:operator"], "correct horse\n").succeeds("added user ann");
    let token = |arguments: &[&str]| here.run(&[&["token"], arguments].concat(), "");
    let made = token(&["make", "laptop", "--user", "Ann", "--scope", "operate", "--days", "30"]);
    made.succeeds("tgp_");
    let secret = made.out.trim_end().to_owned();
    assert_eq!((made.out.as_str(), secret.len()), (format!("{secret}\n").as_str(), 68), "the secret, and nothing else");
    let service = token(&["make", "ci", "--service", "--team", "shop", "--scope", "operate"]);
    service.succeeds("tgs_");

    // The rules of the page.
    token(&["make", "", "--user", "ann"]).fails("Say what uses the token");
    token(&["make", "ci", "--service", "--team", "shop", "--scope", "approve"]).fails("cannot approve");
    token(&["make", "ci", "--user", "ann", "--days", "400"]).fails("A token lasts 366 days at most");
    token(&["make", "ci", "--user", "ann", "--until", "2020-02-27"]).fails("That day is over");
    token(&["make", "ci", "--user", "ann", "--team", "other"]).fails("not in that team");
    token(&["make", "ci", "--user", "cleo"]).fails("there is no user \"cleo\"");
    token(&["make", "ci", "--service", "--team", "shp"]).fails("did you mean shop?");
    token(&["make", "ci", "--user", "ann", "--scope", "everything"]).fails("read, operate, approve");
    token(&["make", "ci", "--service"]).fails("--team");
    token(&["make", "ci"]).fails("--user");

    let list = token(&["list"]);
    list.succeeds(&format!("laptop ({}…)", &secret[..8]));
    list.succeeds("service of shop");
    assert!(!list.out.contains(&secret) && list.out.contains("read,operate") && list.out.contains("never used"));
    let of_ann = token(&["list", "--user", "ann"]);
    assert!(of_ann.out.contains("laptop") && !of_ann.out.contains("ci ("), "{}", of_ann.out);
    let of_shop = token(&["list", "--team", "shop"]);
    assert!(of_shop.out.contains("ci (") && !of_shop.out.contains("laptop"), "{}", of_shop.out);

    let app = App::new(db.store.clone(), Clock::system());
    let Caller::Token { token: known, user, .. } = app.caller_with(&secret, None).await.unwrap().unwrap() else {
        panic!("it is a token's")
    };
    let team = db.store.teams().await.unwrap().into_iter().find(|team| team.name == "shop").unwrap().id;
    assert!(user.name == "ann" && user.has(team, Role::Operator));
    let id = known.id.to_string();
    token(&["renew", &id, "--days", "200"]).succeeds("is good until");
    let longer = app.store.token(known.id).await.unwrap().unwrap();
    assert!((longer.expires_at - known.expires_at).num_days() >= 169, "{longer:?}");
    assert_eq!(longer.answerable, known.answerable, "nobody on the command line says who they are");
    token(&["revoke", &id]).succeeds("revoked laptop");
    token(&["revoke", &id]).fails("There is no such token");
    assert!(app.caller_with(&secret, None).await.unwrap().is_err());

    let told = db.store.audit(Cursor::Newest, 10).await.unwrap().rows;
    let words: Vec<_> = told.iter().map(|event| format!("{:?}", event.happened)).collect();
    assert!(words[0].contains("TokenRevoked") && words[1].contains("TokenRenewed"), "{words:?}");
    assert!(words[2].contains("TokenMade") && words[2].contains("shop") && words[3].contains("ann"), "{words:?}");
    assert!(told[..4].iter().all(|event| event.road == Some(Road::CommandLine)), "{told:?}");
    assert!(words.iter().all(|word| !word.contains(&secret)));
}
