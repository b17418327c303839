//! The diff of two texts, line by line: in bounded time, with what did not change folded, and of bounded length.

use std::time::{Duration, Instant};

use similar::algorithms::{Capture, Replace, diff_deadline};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::view::DiffLine;
use crate::messages::Locale;

/// How long the shortest way from one text to the other is looked for. After it, what is left is shown as taken out and
/// put in, which is right too, but longer.
pub const TIMEOUT: Duration = Duration::from_millis(500);
/// So many lines that did not change are shown around each change.
const AROUND: usize = 3;
/// Longer texts are compared without moving each change to where it reads best: that takes the square of their length, and
/// looks at no clock.
const MAX_TIDIED: usize = 4_000;
/// The most lines of a comparison.
const MAX_LINES: usize = 2_000;
/// The most bytes of it: a line may be long.
const MAX_BYTES: usize = 256 * 1024;

/// The lines of a comparison.
pub fn lines(before: &str, after: &str, patience: Duration) -> Vec<DiffLine> {
    let (before, after): (Vec<_>, Vec<_>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let ops = steps(&before, &after, Instant::now() + patience);
    let mut shown = Shown { lines: Vec::new(), bytes: 0, left_out: 0 };
    for (number, op) in ops.iter().enumerate() {
        if let DiffOp::Equal { old_index, len, .. } = *op {
            // Nothing comes before the first and after the last that would need what is around it.
            let head = if number == 0 { 0 } else { AROUND };
            let tail = if number + 1 == ops.len() { 0 } else { AROUND };
            let folded = len.saturating_sub(head + tail);
            let (head, folded) = if folded > 1 { (head, folded) } else { (len, 0) };
            (old_index..old_index + head).for_each(|index| shown.show(DiffLine::Same, before[index]));
            if folded > 0 {
                shown.lines.push(DiffLine::Folded(Locale::default().release_tasks().unchanged_lines(folded)));
            }
            (old_index + head + folded..old_index + len).for_each(|index| shown.show(DiffLine::Same, before[index]));
            continue;
        }
        op.old_range().for_each(|index| shown.show(DiffLine::Removed, before[index]));
        op.new_range().for_each(|index| shown.show(DiffLine::Added, after[index]));
    }
    shown.all()
}

/// The way from one text to the other.
fn steps(before: &[&str], after: &[&str], until: Instant) -> Vec<DiffOp> {
    if before.len() + after.len() <= MAX_TIDIED {
        return capture_diff_slices_deadline(Algorithm::Myers, before, after, Some(until));
    }
    let mut steps = Replace::new(Capture::new());
    let (old, new) = (0..before.len(), 0..after.len());
    let Ok(()) = diff_deadline(Algorithm::Myers, &mut steps, before, old, after, new, Some(until));
    steps.into_inner().into_ops()
}

/// As much of a comparison as is shown.
struct Shown {
    lines: Vec<DiffLine>,
    bytes: usize,
    left_out: usize,
}

impl Shown {
    fn show(&mut self, how: impl Fn(String) -> DiffLine, line: &str) {
        self.bytes += line.len();
        if self.left_out > 0 || self.lines.len() >= MAX_LINES || self.bytes > MAX_BYTES {
            self.left_out += 1;
        } else {
            self.lines.push(how(line.trim_end_matches('\n').to_owned()));
        }
    }

    fn all(mut self) -> Vec<DiffLine> {
        if self.left_out > 0 {
            self.lines.truncate(MAX_LINES);
            self.lines.push(DiffLine::Folded(Locale::default().release_tasks().lines_left_out(self.left_out)));
        }
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: impl IntoIterator<Item = usize>) -> String {
        lines.into_iter().map(|line| format!("{line}\n")).collect::<Vec<_>>().concat()
    }

    fn written(lines: &[DiffLine]) -> Vec<String> {
        let line = |line: &DiffLine| match line {
            DiffLine::Same(text) => format!("  {text}"),
            DiffLine::Added(text) => format!("+ {text}"),
            DiffLine::Removed(text) => format!("- {text}"),
            DiffLine::Folded(text) => format!("… {text}"),
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn s4_what_did_not_change_is_folded() {
        let after = text((0..10).chain([77]).chain(11..30).chain([88]).chain(31..40));
        let lines = lines(&text(0..40), &after, TIMEOUT);
        let shown = [
            "… 7 lines are the same",
            "  7",
            "  8",
            "  9",
            "- 10",
            "+ 77",
            "  11",
            "  12",
            "  13",
            "… 13 lines are the same",
            "  27",
            "  28",
            "  29",
            "- 30",
            "+ 88",
            "  31",
            "  32",
            "  33",
            "… 6 lines are the same",
        ];
        assert_eq!(written(&lines), shown);
    }

    #[test]
    fn s4_a_single_line_is_not_folded_and_the_same_text_is_one_fold() {
        assert_eq!(written(&lines("a\nb\n", "a\nc\n", TIMEOUT)), ["  a", "- b", "+ c"]);
        assert_eq!(written(&lines(&text(0..9), &text(0..9), TIMEOUT)), ["… 9 lines are the same"]);
        assert_eq!(written(&lines("", "", TIMEOUT)), [""; 0]);
    }

    #[test]
    fn s4_a_long_comparison_says_how_much_is_left_out() {
        let lines = lines(&text(0..5_000), &text(10_000..15_000), TIMEOUT);
        assert_eq!(lines.len(), MAX_LINES + 1);
        assert_eq!(
            written(&lines).last().unwrap(),
            "… 8000 more lines are not shown: download both versions to compare all of them"
        );
        let (long, other) = ("x".repeat(MAX_BYTES + 1), "y".repeat(10));
        let lines = super::lines(&long, &other, TIMEOUT);
        assert_eq!(written(&lines), ["… 2 more lines are not shown: download both versions to compare all of them"]);
    }

    #[test]
    fn s4_without_time_it_is_right_all_the_same() {
        let letters = |seed: usize| -> String {
            (0..6_200).map(|n| char::from(b'a' + u8::try_from((n * n * seed + n / 7) % 26).unwrap())).fold(
                String::new(),
                |mut text, letter| {
                    text.extend([letter, '\n']);
                    text
                },
            )
        };
        let (before, after) = (letters(3), letters(5));
        let (old, new): (Vec<_>, Vec<_>) =
            (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
        let again: String = steps(&old, &new, Instant::now())
            .iter()
            .flat_map(|step| match step {
                DiffOp::Equal { .. } => &old[step.old_range()],
                DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => &new[step.new_range()],
            })
            .copied()
            .collect();
        assert_eq!(again, after);
        assert!(lines(&before, &after, Duration::ZERO).len() <= MAX_LINES + 1);
    }
}
