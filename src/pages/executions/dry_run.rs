//! From a dry run to what the dialog of Execute shows of it.

use super::view::{DryRunView, ForecastRow, ValueLine};
use crate::domain::dry_run::{DryRun, Expectation, ForecastWord, TaskForecast};
use crate::domain::execution::Moment;
use crate::domain::specification::FieldChange;
use crate::messages::Locale;
use crate::pages::components::{Look, Status, When};

/// What a dry run found, or that there was none.
pub fn view(found: Option<&DryRun>, now: Moment) -> DryRunView {
    let words = Locale::default().execute();
    let Some(found) = found else {
        return DryRunView {
            title: words.what_will_change(),
            lead: words.not_tried(),
            button: words.dry_run(),
            ..DryRunView::default()
        };
    };
    let count = |word: ForecastWord| found.tasks.iter().filter(|told| told.expected.word() == word).count();
    let sums = ForecastWord::ALL.into_iter().map(|word| (word, count(word))).filter(|(_, count)| *count > 0);
    let failing = count(ForecastWord::WouldFail);
    let mut phase = "";
    let mut rows = Vec::new();
    for told in &found.tasks {
        let begins = told.phase != phase;
        phase = &told.phase;
        rows.push(row(told, begins));
    }
    DryRunView {
        title: words.what_will_change(),
        lead: "",
        button: words.try_again(),
        made: Some(When::at(found.made_at, now)),
        sums: sums.map(|(word, count)| Status::new(look(word), words.tasks_of(word, count))).collect(),
        rows,
        note: (failing > 0).then(|| words.would_fail(failing)),
    }
}

fn row(told: &TaskForecast, begins: bool) -> ForecastRow {
    let words = Locale::default().execute();
    let word = told.expected.word();
    let fields = told.expected.component().map(|component| component.fields.as_slice()).unwrap_or_default();
    ForecastRow {
        phase: begins.then(|| told.phase.clone()),
        task: told.task.clone(),
        status: Status::new(look(word), words.word(word)),
        sentence: words.expected(&told.expected),
        is_open: matches!(told.expected, Expectation::Changes(_)),
        lines: fields.iter().flat_map(lines).collect(),
    }
}

fn lines(change: &FieldChange) -> Vec<ValueLine> {
    let line = |style: &'static str, sign: &str, value: &String| ValueLine {
        style,
        text: format!("{sign} {}: {value}", change.field),
    };
    let before = change.from.iter().map(|value| line("del", "-", value));
    before.chain(change.to.iter().map(|value| line("add", "+", value))).collect()
}

fn look(word: ForecastWord) -> Look {
    match word {
        ForecastWord::Changes | ForecastWord::Creates | ForecastWord::Runs => Look::Info,
        ForecastWord::Asks => Look::Asking,
        ForecastWord::NoChange => Look::Done,
        ForecastWord::Skipped => Look::Skipped,
        ForecastWord::NotKnownYet => Look::Idle,
        ForecastWord::WouldFail => Look::Failed,
    }
}
