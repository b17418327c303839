//! The audit: people, refusals, long names and comments; and an audit without anything.

use tollgate::messages::Locale;
use tollgate::pages::audit::view::{AuditPage, AuditRow};
use tollgate::pages::components::{Look, Section, Status};

use crate::people::{chrome, when};

fn row(who: &str, sentence: &str, seconds: i64) -> AuditRow {
    AuditRow {
        who: who.into(),
        user_id: (who != "Tollgate").then(|| "01987c1e-5b3a-7cc0-9d7e-3f0a1b2c3d4e".into()),
        sentence: sentence.into(),
        comment: None,
        place: None,
        address: (who != "Tollgate").then(|| "192.0.2.17".into()),
        token: (who == "operator").then(|| Locale::English.tokens().with_token("ci-shop deploy (tgs_7f3a…)")),
        refused: None,
        when: when(seconds),
    }
}

fn refused(who: &str, sentence: &str, seconds: i64) -> AuditRow {
    AuditRow {
        refused: Some(Status::new(Look::Rejected, Locale::English.audit().refused())),
        ..row(who, sentence, seconds)
    }
}

pub fn page(filled: bool) -> AuditPage {
    let mut chrome = chrome("Audit");
    chrome.section = Section::Audit;
    let place =
        |row: AuditRow| AuditRow { place: Some(Locale::English.audit().place("shop-web-release", Some(12))), ..row };
    let rows = vec![
        refused("viewer", "was refused Terminate of shop-web-release: their role does not allow it", 20),
        AuditRow {
            address: Some("2001:db8:1234:5678:9abc:def0:1234:5678".into()),
            ..refused(
                "Tollgate",
                "refused a sign-in as operator, with a wrong password or because the user is disabled (16 times within an hour)",
                90,
            )
        },
        place(AuditRow { comment: Some("The budget is fine.".into()), ..row("approver", "agreed to go-live", 400) }),
        place(row("operator", "executed version 7 as execution 12", 900)),
        place(row("Tollgate", "started build-web", 905)),
        row(&"a-very-long-name".repeat(4), "signed in", 90_000),
        row("Tollgate", "gave ann the role manager in the team storefront", 200_000),
    ];
    AuditPage {
        chrome,
        lead: Locale::English.audit().lead(400),
        refused: !filled,
        everything_url: "/g/audit".into(),
        refused_url: "/g/audit-none".into(),
        rows: if filled { rows } else { Vec::new() },
        newer: None,
        older: filled.then(|| "/g/audit".into()),
    }
}
