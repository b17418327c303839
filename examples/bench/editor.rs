//! The editor with 20 × 10 tasks on its board: how fast it opens, and how fast each action is on the screen.

use std::time::Instant;

use anyhow::{Context, ensure};

use crate::client::Client;
use crate::load::Times;
use crate::pages::{self, Want};
use crate::report::milliseconds;
use crate::run::Run;

/// How often each action is done.
const ROUNDS: usize = 50;
/// The first group and its two tasks, as a draft numbers them: an element before what is in it.
const GROUP: &str = "2";
const TASK: &str = "3";
const SECOND_TASK: &str = "4";

/// A draft that is open.
struct Board {
    client: Client,
    url: String,
    /// The state that it shows.
    rev: String,
}

/// All of it.
pub async fn measure(run: &mut Run<'_>) -> anyhow::Result<()> {
    let mut client = run.operator().await?;
    let url = client.follow(&format!("{}/edit", run.scene.big.url)).await?;
    let mut board = Board { client, url, rev: "0".to_owned() };
    let (page, form) = (board.url.clone(), format!("{}?task={TASK}", board.url));
    pages::page(run, "editor of 20 × 10", vec![page], Want::Page).await?;
    pages::page(run, "editor of 20 × 10 with a form open", vec![form], Want::Page).await?;
    // There is no room for one more than 200.
    board.does(&format!("do=remove+{SECOND_TASK}")).await?;
    let typed = "name=task-1-1-1&description=&script=echo+";
    let actions: [(&str, [String; 2]); 5] = [
        ("move a card", [format!("do=step+{TASK}+later"), "do=undo".to_owned()]),
        ("add a task", [format!("do=add-task+{GROUP}&kind=wait"), "do=undo".to_owned()]),
        ("copy a card", [format!("do=copy+{TASK}"), "do=undo".to_owned()]),
        ("remove a card", [format!("do=remove+{TASK}"), "do=undo".to_owned()]),
        ("keep a form", ["one", "two"].map(|word| format!("do=set-task+{TASK}&quiet=true&{typed}{word}"))),
    ];
    for (what, forms) in actions {
        let mut times = Times::default();
        for round in 0..ROUNDS {
            let began = Instant::now();
            board.does(&forms[round % 2]).await.with_context(|| what.to_owned())?;
            times.add(began.elapsed());
        }
        let found = format!(
            "**median {} ms**, most {} ms",
            milliseconds(times.quantile(500)),
            milliseconds(times.quantile(1000))
        );
        run.report.other(
            run.place.kind,
            &format!("Editor of 20 × 10: {what}, until the board is back"),
            &found,
            "100 ms",
        );
    }
    Ok(())
}

impl Board {
    /// Sends a command from the state that the board shows, and fetches the board as a browser does.
    async fn does(&mut self, form: &str) -> anyhow::Result<()> {
        let form = format!("rev={}&{form}", self.rev);
        let answer = self.client.post(&format!("{}/commands", self.url), &form).await?;
        ensure!(answer.status == 303, "{form}: {}", answer.status);
        let next = self.client.header(answer, "location").context("no location")?.to_owned();
        let page = self.client.get(next.split('#').next().unwrap_or_default()).await?;
        let rev = page.split("name=\"rev\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let rev = rev.context("the board does not say its state")?;
        ensure!(rev != self.rev, "{form} did nothing");
        rev.clone_into(&mut self.rev);
        Ok(())
    }
}
