//! Invitations: a link that works once, for whoever has no account; their own yes, for whoever has one.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use tollgate::app::Caller;
use tollgate::app::accounts::{AccountError, NewUser, TeamRole};
use tollgate::app::sessions::From;
use tollgate::domain::ids::{InvitationId, TeamId};
use tollgate::domain::invitation::Invitee;
use tollgate::domain::people::Role;

use super::app::{PASSWORD, TestApp};
use super::audit;
use super::browser::{Browser, Page};
use crate::db::Db;

on_both!(
    d4_looking_at_the_link_of_an_invitation_changes_nothing,
    what_is_wrong_with_an_invitation_is_told_at_once_and_nothing_is_made,
    who_has_an_account_joins_by_their_own_yes,
    who_invites_is_not_told_whether_there_is_an_account,
    d4_what_was_allowed_is_looked_at_again_when_the_link_is_used,
    d4_of_two_who_use_a_link_at_the_same_time_one_joins,
    an_invitation_is_taken_back_by_whoever_manages_its_team_alone,
    a_team_is_built_from_nothing,
    who_is_invited_says_yes_at_the_click_not_before,
    a_list_is_shown_before_it_is_done_and_done_as_it_was_shown,
);

/// A password that is nobody's yet.
const NEW: &str = "battery staple";

impl TestApp {
    /// An open invitation to the team, for somebody without an account.
    pub async fn invitation(&self) -> InvitationId {
        self.invites("nobody-yet", &[Role::Viewer]).await;
        let found = self.app.invitations(&Caller::CommandLine, self.team).await.unwrap().invitations;
        found.into_iter().find(|invitation| invitation.name == "nobody-yet").unwrap().id
    }

    /// The command line invites somebody; answers where their link leads.
    async fn invites(&self, name: &str, roles: &[Role]) -> String {
        self.asks_in(&Caller::CommandLine, name, roles).await
    }

    /// Somebody invites somebody; answers where their link leads.
    async fn asks_in(&self, caller: &Caller, name: &str, roles: &[Role]) -> String {
        let made = self.app.invite(caller, self.team, vec![invitee(name, roles)]).await.unwrap();
        format!("/invitations/join?token={}", made[0].secret)
    }

    async fn roles_of(&self, name: &str, team: TeamId) -> BTreeSet<Role> {
        let id = self.id_of(name).await;
        self.app.store.person(id).await.unwrap().unwrap().user.roles_in(team)
    }
}

fn invitee(name: &str, roles: &[Role]) -> Invitee {
    Invitee { name: name.to_owned(), roles: roles.iter().copied().collect() }
}

/// Where the one link on the page leads.
fn link(page: &Page) -> String {
    let (_, rest) = page.text.split_once("/invitations/join?token=").expect("there is a link");
    format!("/invitations/join?token={}", &rest[..64])
}

/// Fills in the form behind a link.
async fn joins(browser: &Browser, link: &str, password: &str) -> Page {
    let (_, token) = link.split_once("token=").unwrap();
    browser.post("/invitations/join", &[("token", token), ("password", password), ("again", password)]).await
}

async fn d4_looking_at_the_link_of_an_invitation_changes_nothing(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    manager
        .get("/members")
        .await
        .says(&format!("/teams/{}/invitations/new", app.team))
        .says_nothing_of("Invitations (");
    let form = format!("/teams/{}/invitations/new", app.team);
    manager.get(&form).await.says("Invite to storefront");
    let made = manager.post(&form, &[("name", " ann "), ("role", "operator"), ("role", "approver")]).await;
    assert_eq!(made.status, 200);
    made.says("Send This Link").says("Links are shown only now");
    let link = link(&made);
    assert!(made.text.contains(&format!("http://{}{link}", app.address)), "it is whole: {}", made.text);

    // A scanner of mail, a preview, and the manager look at it.
    for browser in [&app.browser(), &app.browser(), &manager] {
        browser.get(&link).await.says("manager asks you to join the team storefront as Operator and Approver");
    }
    assert!(db.store.credentials("ann").await.unwrap().is_none(), "a look makes no account");
    manager.get("/members").await.says("Invitations (1)").says_nothing_of(">ann<");
    let list = manager.get(&format!("/teams/{}/invitations", app.team)).await;
    list.says(">ann<").says("Operator, Approver").says("by manager").says("Open").says_nothing_of("token=");

    let ann = app.browser();
    let wrong = joins(&ann, &link, "short").await;
    assert_eq!(wrong.status, 422);
    wrong.says("at least 8 characters");
    let (_, token) = link.split_once("token=").unwrap();
    let sent = [("token", token), ("password", NEW), ("again", "another one")];
    ann.post("/invitations/join", &sent).await.says("This is not the same password");
    let joined = joins(&ann, &link, NEW).await;
    assert_eq!((joined.status, joined.location()), (303, "/"));
    ann.get("/account").await.says("storefront: operator, approver");
    assert_eq!(app.roles_of("ann", app.team).await, BTreeSet::from([Role::Operator, Role::Approver]));
    assert_eq!(app.browser().signs_in("ann", NEW).await.status, 303);
    manager.get("/members").await.says_nothing_of("Invitations (").says(">ann<");

    for again in [ann.get(&link).await, app.browser().get(&link).await, joins(&app.browser(), &link, NEW).await] {
        assert_eq!(again.status, 404);
        again.says("This link is not valid any more");
    }
    assert_eq!(app.browser().get("/invitations/join?token=").await.status, 404);
    let told: Vec<_> = audit(&db).await.into_iter().map(|(who, what, _)| format!("{who} {what}")).collect();
    let expected = [
        "manager signed_in",
        "manager invited",
        "Tollgate user_added",
        "ann invitation_accepted",
        "manager role_granted",
        "manager role_granted",
        "ann signed_in",
        "ann signed_in",
    ];
    assert_eq!(told, expected);
    app.stops().await;
}

async fn what_is_wrong_with_an_invitation_is_told_at_once_and_nothing_is_made(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let form = format!("/teams/{}/invitations/new", app.team);
    let wrong = manager.post(&form, &[("name", "ann lee")]).await;
    assert_eq!(wrong.status, 422);
    wrong.says("1 to 64 letters").says("Choose at least one role.").says("value=\"ann lee\"");
    let member = manager.post(&form, &[("name", "VIEWER"), ("role", "manager")]).await;
    assert_eq!(member.status, 422);
    member.says("They are in the team already").says("value=\"manager\" checked");
    assert_eq!(db.store.invitations_of(app.team).await.unwrap(), []);
    app.stops().await;
}

async fn who_has_an_account_joins_by_their_own_yes(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let outsider = app.signed_in_as("outsider").await;
    outsider.get("/account").await.says_nothing_of("You are asked to join a team");
    outsider.get("/invitations").await.says("Nobody waits for your answer");
    let form = format!("/teams/{}/invitations/new", app.team);
    let link = link(&manager.post(&form, &[("name", "Outsider"), ("role", "viewer")]).await);

    app.browser().get(&link).await.says("There is an account Outsider already").says("/login?next=%2Finvitations");
    let stolen = joins(&app.browser(), &link, NEW).await;
    assert_eq!(stolen.status, 409, "a link gives nobody another's account");
    assert_eq!(app.browser().signs_in("outsider", NEW).await.status, 401);

    outsider.get("/account").await.says("You are asked to join a team").says("href=\"/invitations\"");
    let own = outsider.get("/invitations").await;
    own.says("manager asks you to join the team storefront as Viewer.");
    let id = db.store.invitations_of(app.team).await.unwrap()[0].id;
    // It is nobody else's to answer.
    for word in ["accept", "decline"] {
        let refused = app.signed_in_as("administrator").await.post(&format!("/invitations/{id}/{word}"), &[]).await;
        assert_eq!(refused.status, 404, "{word}");
    }
    assert_eq!(app.roles_of("outsider", app.team).await, BTreeSet::new());
    let declined = outsider.post(&format!("/invitations/{id}/decline"), &[]).await;
    assert_eq!((declined.status, declined.location()), (303, "/invitations"));
    outsider.get("/account").await.says("You declined the invitation to storefront").says_nothing_of("asked to join");
    assert_eq!(app.roles_of("outsider", app.team).await, BTreeSet::new());
    assert_eq!(app.browser().get(&link).await.status, 404);

    manager.post(&form, &[("name", "outsider"), ("role", "viewer"), ("role", "operator")]).await.says("Send This Link");
    let id = db.store.invitations_of(app.team).await.unwrap()[0].id;
    let members = format!("/teams/{}/members", app.team);
    let joined = outsider.post(&format!("/invitations/{id}/accept"), &[]).await;
    assert_eq!((joined.status, joined.location()), (303, members.as_str()));
    outsider.get(&members).await.says("You are a member of storefront now.").says_nothing_of("asked to join");
    assert_eq!(app.roles_of("outsider", app.team).await, BTreeSet::from([Role::Viewer, Role::Operator]));
    assert_eq!(outsider.post(&format!("/invitations/{id}/accept"), &[]).await.status, 404, "it is used up");
    app.stops().await;
}

async fn who_invites_is_not_told_whether_there_is_an_account(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let form = format!("/teams/{}/invitations/new", app.team);
    let mut told = Vec::new();
    for name in ["outsider", "stranger"] {
        let made = manager.post(&form, &[("name", name), ("role", "viewer")]).await;
        let (secret, list) = (link(&made), manager.get(&format!("/teams/{}/invitations", app.team)).await);
        let id = db.store.invitations_of(app.team).await.unwrap()[0].id;
        assert_eq!(manager.post(&format!("/teams/{}/invitations/{id}/revoke", app.team), &[]).await.status, 303);
        let plain = |page: &Page| {
            let text = page.text.replace(name, "NAME").replace(&secret, "LINK");
            (page.status, text.replace(&id.to_string(), "ID"))
        };
        told.push((plain(&made), plain(&list)));
        // What was said of the one before is on no page any more.
        manager.get("/account").await;
    }
    assert_eq!(told[0], told[1]);
    app.stops().await;
}

async fn d4_what_was_allowed_is_looked_at_again_when_the_link_is_used(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.caller("manager").await;
    let over = async |link: &str, status: u16| {
        let looked = app.browser().get(link).await;
        assert_eq!((looked.status, joins(&app.browser(), link, NEW).await.status), (status, status), "{}", looked.text);
        assert!(db.store.credentials("ann").await.unwrap().is_none());
    };
    let link = app.asks_in(&manager, "ann", &[Role::Viewer]).await;
    assert_eq!(app.browser().get(&link).await.status, 200);
    let role = || vec![TeamRole { team: "storefront".to_owned(), role: Role::Manager }];
    app.app.revoke_roles(&Caller::CommandLine, "manager", role()).await.unwrap();
    over(&link, 404).await;
    app.app.grant_roles(&Caller::CommandLine, "manager", role()).await.unwrap();
    assert_eq!(app.browser().get(&link).await.status, 200);
    app.app.disable_user(&Caller::CommandLine, "manager").await.unwrap();
    over(&link, 404).await;
    app.app.enable_user(&Caller::CommandLine, "manager").await.unwrap();

    let newer = app.asks_in(&manager, "ANN", &[Role::Viewer]).await;
    over(&link, 404).await;
    app.passes(TimeDelta::days(7) - TimeDelta::seconds(1));
    assert_eq!(app.browser().get(&newer).await.status, 200);
    app.passes(TimeDelta::seconds(1));
    over(&newer, 410).await;
    app.browser().get(&newer).await.says("This link is too old");
    app.signed_in_as("manager").await.get(&format!("/teams/{}/invitations", app.team)).await.says("Expired");

    // Somebody has the name by now: the account is theirs, and so is the answer.
    let link = app.asks_in(&manager, "ann", &[Role::Viewer]).await;
    let secret = link.split_once("token=").unwrap().1.to_owned();
    let ann = NewUser { name: "Ann".into(), password: PASSWORD.into(), administrator: false, roles: Vec::new() };
    app.app.add_user(&Caller::CommandLine, ann).await.unwrap();
    let refused = app.app.join_by_link(&secret, NEW.to_owned(), From::default()).await;
    assert!(matches!(refused, Err(AccountError::NameTaken)), "{refused:?}");
    assert_eq!(joins(&app.browser(), &link, NEW).await.status, 409);
    app.browser().get(&link).await.says("There is an account ann already");
    assert_eq!(app.roles_of("ann", app.team).await, BTreeSet::new());
    app.stops().await;
}

async fn d4_of_two_who_use_a_link_at_the_same_time_one_joins(db: Db) {
    let app = TestApp::start(&db).await;
    for round in 0..4 {
        let (name, other) = (format!("ann-{round}"), "correct horse of another");
        let link = app.invites(&name, &[Role::Viewer]).await;
        let secret = link.split_once("token=").unwrap().1;
        let joins = |password: &str| app.app.join_by_link(secret, password.to_owned(), From::default());
        let (one, two) = tokio::join!(joins(NEW), joins(other));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let won = if one.is_ok() { NEW } else { other };
        assert_eq!(app.browser().signs_in(&name, won).await.status, 303);
        for refused in [one, two].into_iter().filter_map(Result::err) {
            assert!(matches!(refused, AccountError::LinkOver), "{refused:?}");
        }
    }
    app.stops().await;
}

async fn an_invitation_is_taken_back_by_whoever_manages_its_team_alone(db: Db) {
    let app = TestApp::start(&db).await;
    let other = app.app.add_team(&Caller::CommandLine, "payments", false).await.unwrap();
    let manager_there = vec![TeamRole { team: "payments".to_owned(), role: Role::Manager }];
    app.app.grant_roles(&Caller::CommandLine, "viewer", manager_there).await.unwrap();
    let link = app.invites("ann", &[Role::Viewer]).await;
    let id = db.store.invitations_of(app.team).await.unwrap()[0].id;
    let stranger = app.signed_in_as("viewer").await;
    for team in [app.team, other] {
        let refused = stranger.post(&format!("/teams/{team}/invitations/{id}/revoke"), &[]).await;
        assert_eq!(refused.status, 404, "a manager of another team");
    }
    assert_eq!(stranger.get(&format!("/teams/{}/invitations", app.team)).await.status, 404);
    assert_eq!(app.browser().get(&link).await.status, 200);
    let manager = app.signed_in_as("manager").await;
    let list = format!("/teams/{}/invitations", app.team);
    let done = manager.post(&format!("{list}/{id}/revoke"), &[]).await;
    assert_eq!((done.status, done.location()), (303, list.as_str()));
    manager.get(&list).await.says("The invitation of ann is taken back").says("Nobody is invited");
    assert_eq!(app.browser().get(&link).await.status, 404);
    assert_eq!(manager.post(&format!("{list}/{id}/revoke"), &[]).await.status, 404, "it is gone");
    app.stops().await;
}

/// By an administrator who makes the team, and by its first manager, with pages alone.
async fn a_team_is_built_from_nothing(db: Db) {
    let app = TestApp::start(&db).await;
    let admin = app.signed_in_as("administrator").await;
    assert_eq!(admin.post("/teams", &[("name", "payments")]).await.status, 303);
    let teams = db.store.teams().await.unwrap();
    let team = teams.into_iter().find(|team| team.name == "payments").unwrap().id;
    let (members, form) = (format!("/teams/{team}/members"), format!("/teams/{team}/invitations/new"));
    admin.get("/teams").await.says(&members);
    admin.get(&members).await.says("Nobody is in this team").says(&form);
    let to_mia = link(&admin.post(&form, &[("name", "mia"), ("role", "manager")]).await);

    let mia = app.browser();
    assert_eq!(joins(&mia, &to_mia, NEW).await.status, 303);
    mia.get("/members").await.says("Members of payments").says(&form);
    let mut links = Vec::new();
    for (name, role) in [("olga", "operator"), ("abe", "approver")] {
        links.push((name, link(&mia.post(&form, &[("name", name), ("role", role)]).await)));
    }
    mia.post(&form, &[("name", "viewer"), ("role", "viewer")]).await.says("Send This Link");
    for (name, link) in links {
        let browser = app.browser();
        assert_eq!(joins(&browser, &link, NEW).await.status, 303, "{name}");
        browser.get("/members").await.says("Members of payments").says_nothing_of(&form);
    }
    let viewer = app.signed_in_as("viewer").await;
    let id = db.store.invitations_of(team).await.unwrap()[0].id;
    assert_eq!(viewer.post(&format!("/invitations/{id}/accept"), &[]).await.status, 303);
    let page = mia.get(&members).await;
    for name in ["mia", "olga", "abe", "viewer"] {
        page.says(&format!(">{name}<"));
    }
    page.says_nothing_of("storefront");
    app.stops().await;
}

async fn who_is_invited_says_yes_at_the_click_not_before(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.caller("manager").await;
    app.asks_in(&manager, "outsider", &[Role::Manager]).await;
    let id = db.store.invitations_of(app.team).await.unwrap()[0].id;
    let outsider = app.signed_in_as("outsider").await;
    outsider.get("/invitations").await.says("as Manager");
    let role = vec![TeamRole { team: "storefront".to_owned(), role: Role::Manager }];
    app.app.revoke_roles(&Caller::CommandLine, "manager", role).await.unwrap();
    let refused = outsider.post(&format!("/invitations/{id}/accept"), &[]).await;
    assert_eq!(refused.status, 404);
    refused.says("This link is not valid any more");
    assert_eq!(app.roles_of("outsider", app.team).await, BTreeSet::new());
    assert_eq!(outsider.post(&format!("/invitations/{id}/decline"), &[]).await.status, 303);
    app.stops().await;
}

async fn a_list_is_shown_before_it_is_done_and_done_as_it_was_shown(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let url = format!("/teams/{}/invitations/import", app.team);
    manager.get("/members").await.says(&url);
    manager.get(&url).await.says("Invite Several People to storefront").says("name,roles").says(">Preview<");
    let wrong = manager.post(&url, &[("people", "name,roles\nann lee,viewer\nben,owner\nviewer,viewer\n")]).await;
    assert_eq!(wrong.status, 422);
    wrong
        .says("Line 2: 1 to 64 letters")
        .says("Line 3: &#34;owner&#34; is no role")
        .says("Line 4: They are in the team");
    wrong.says("ann lee,viewer").says_nothing_of("name=\"shown\"");

    let list = "name,roles\nann,viewer\nben,operator approver\noutsider,viewer\n";
    let shown = manager.post(&url, &[("people", list)]).await;
    assert_eq!(shown.status, 200);
    shown.says("Invite 3 People").says(">ben<").says("Operator, Approver");
    assert_eq!(db.store.invitations_of(app.team).await.unwrap(), [], "it is shown before");
    let (_, rest) = shown.text.split_once("name=\"shown\" value=\"").unwrap();
    let mark = rest.split('"').next().unwrap();
    // Another list than was shown is shown first.
    let other = manager.post(&url, &[("people", "name,roles\nann,manager\n"), ("shown", mark)]).await;
    assert_eq!(other.status, 200);
    other.says("Invite 1 Person");
    assert_eq!(db.store.invitations_of(app.team).await.unwrap(), []);

    let made = manager.post(&url, &[("people", list), ("shown", mark)]).await;
    made.says("Send These 3 Links")
        .says("download=\"links.csv\"")
        .says("href=\"data:text/csv;charset=utf-8,name%2Clink");
    let links: Vec<&str> = made.text.split("/invitations/join?token=").skip(1).map(|rest| &rest[..64]).collect();
    assert_eq!(links.len(), 3, "{links:?}");
    let link = format!("/invitations/join?token={}", links[1]);
    assert_eq!(joins(&app.browser(), &link, NEW).await.status, 303);
    assert_eq!(app.roles_of("ben", app.team).await, BTreeSet::from([Role::Operator, Role::Approver]));
    app.signed_in_as("outsider").await.get("/account").await.says("You are asked to join a team");
    assert_eq!(db.store.invitations_of(app.team).await.unwrap().len(), 2);
    app.stops().await;
}
