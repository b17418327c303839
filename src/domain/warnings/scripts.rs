//! Scripts that will surely not run as their author thinks.

use super::super::shell::{FIRST_LINE, FirstLineFault, first_line_fault};

/// What is odd about how a script begins or how its lines end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptOddity {
    /// `#!` stands behind something, and names no program there.
    InterpreterNotFirst {
        /// The line that names it.
        interpreter: String,
        /// Its number, from 1.
        line: usize,
    },
    /// The first line is nearly one that names a program.
    InterpreterMistyped {
        /// The line.
        line: String,
        /// What may be meant.
        meant: String,
    },
    /// What the first line names is no whole path.
    InterpreterWithoutPath {
        /// The line.
        interpreter: String,
    },
    /// The first line names no program at all.
    NothingNamed,
    /// What the first line gives to `env` is taken as one word.
    EnvTakesOneWord {
        /// The words.
        words: String,
    },
    /// The system does not read the first line to its end.
    FirstLineTooLong {
        /// The most bytes.
        most: usize,
    },
    /// Lines end with CR LF, and the CR belongs to each last word.
    DosLineEnds,
    /// Lines end with a CR alone, which ends a line for no program.
    MacLineEnds,
}

/// What is odd about a script, if anything is.
pub(super) fn oddity(script: &str) -> Option<ScriptOddity> {
    if script.contains("\r\n") {
        return Some(ScriptOddity::DosLineEnds);
    }
    // Somewhere in a text it may be wanted.
    if script.contains('\r') && (!script.contains('\n') || first_line_fault(script) == Some(FirstLineFault::LoneCr)) {
        return Some(ScriptOddity::MacLineEnds);
    }
    if let Some(mistyped) = mistyped(script) {
        return Some(mistyped);
    }
    let is_blank = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
    let begun = script.trim_start_matches(is_blank);
    let before = &script[..script.len() - begun.len()];
    let line = begun.lines().next().filter(|line| line.starts_with("#!"))?;
    let interpreter = line.trim_end().to_owned();
    if !before.is_empty() {
        return Some(ScriptOddity::InterpreterNotFirst { interpreter, line: before.matches('\n').count() + 1 });
    }
    match first_line_fault(script) {
        Some(FirstLineFault::NothingNamed) => return Some(ScriptOddity::NothingNamed),
        Some(FirstLineFault::EnvTakesOneWord { words }) => return Some(ScriptOddity::EnvTakesOneWord { words }),
        Some(FirstLineFault::LoneCr | FirstLineFault::Dos) | None => {}
    }
    if interpreter.len() > FIRST_LINE {
        return Some(ScriptOddity::FirstLineTooLong { most: FIRST_LINE });
    }
    let is_whole = interpreter[2..].trim_start().starts_with('/');
    (!is_whole).then_some(ScriptOddity::InterpreterWithoutPath { interpreter })
}

/// A first line such as `# !/bin/bash` or `!#/bin/bash`, which is a comment or a command to the shell that runs it.
fn mistyped(script: &str) -> Option<ScriptOddity> {
    let line = script.lines().next()?.trim();
    let program = line.trim_start_matches(['#', '!', ' ', '\t']);
    let begin = &line[..line.len() - program.len()];
    let marks: String = begin.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_mistyped = match marks.as_str() {
        "#!" => !begin.starts_with("#!"),
        "!#" | "##!" | "#!!" => true,
        // With a blank behind it, it is a comment about something.
        "#" => begin == "#" && program.split_whitespace().count() <= 2,
        _ => false,
    };
    let is_program =
        program.starts_with('/') && program.split([' ', '\t']).next().is_some_and(|it| it.contains("bin/"));
    let line = line.to_owned();
    (is_mistyped && is_program).then(|| ScriptOddity::InterpreterMistyped { line, meant: format!("#!{program}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f14_what_keeps_the_interpreter_from_being_used_is_told() {
        let bash = || "#!/bin/bash".to_owned();
        for (script, line) in
            [("\n#!/bin/bash\nx", 2), (" #!/bin/bash", 1), ("\u{feff}#!/bin/bash", 1), ("\n\n\t#!/bin/bash ", 3)]
        {
            assert_eq!(
                oddity(script),
                Some(ScriptOddity::InterpreterNotFirst { interpreter: bash(), line }),
                "{script:?}"
            );
        }
        for line in ["# !/bin/bash", "!#/bin/bash", "#/bin/bash", " # ! /bin/bash", "##!/bin/bash"] {
            let (written, meant) = (line.trim().to_owned(), "#!/bin/bash".to_owned());
            let expected = ScriptOddity::InterpreterMistyped { line: written, meant };
            assert_eq!(oddity(&format!("{line}\nx")), Some(expected), "{line:?}");
        }
        let python = "#!python3".to_owned();
        assert_eq!(oddity("#!python3\nx"), Some(ScriptOddity::InterpreterWithoutPath { interpreter: python }));
        assert_eq!(oddity("#!/bin/bash\r\nx\r\n"), Some(ScriptOddity::DosLineEnds));
        assert_eq!(oddity("a\r\nb"), Some(ScriptOddity::DosLineEnds));
        for script in ["#!/bin/sh\recho hi\r", "a\rb", "#!/bin/sh\rcd\necho"] {
            assert_eq!(oddity(script), Some(ScriptOddity::MacLineEnds), "{script:?}");
        }
        assert_eq!(oddity("#!\necho"), Some(ScriptOddity::NothingNamed));
        let words = "bash -e".to_owned();
        assert_eq!(oddity("#!/usr/bin/env bash -e\nx"), Some(ScriptOddity::EnvTakesOneWord { words }));
        let long = format!("#!/{}\nx", "a".repeat(300));
        assert_eq!(oddity(&long), Some(ScriptOddity::FirstLineTooLong { most: 255 }));
        for script in [
            "x\ny\rz",
            "#!/bin/bash\nx",
            "#! /bin/sh",
            "# /usr/bin/env must be there",
            "# see /bin/x",
            "\necho",
            "# a\n#!/bin/sh",
            "",
            "printf '\\r'",
        ] {
            assert_eq!(oddity(script), None, "{script:?}");
        }
    }
}
