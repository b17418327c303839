//! Scripts that will surely not run as their author thinks.

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
    /// What the first line names is no whole path.
    InterpreterWithoutPath {
        /// The line.
        interpreter: String,
    },
    /// Lines end with CR LF, and the CR belongs to each last word.
    DosLineEnds,
}

/// What is odd about a script, if anything is.
pub(super) fn oddity(script: &str) -> Option<ScriptOddity> {
    if script.contains("\r\n") {
        return Some(ScriptOddity::DosLineEnds);
    }
    let is_blank = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
    let begun = script.trim_start_matches(is_blank);
    let before = &script[..script.len() - begun.len()];
    let line = begun.lines().next().filter(|line| line.starts_with("#!"))?;
    let interpreter = line.trim_end().to_owned();
    if !before.is_empty() {
        return Some(ScriptOddity::InterpreterNotFirst { interpreter, line: before.matches('\n').count() + 1 });
    }
    let is_whole = interpreter[2..].trim_start().starts_with('/');
    (!is_whole).then_some(ScriptOddity::InterpreterWithoutPath { interpreter })
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
        let python = "#!python3".to_owned();
        assert_eq!(oddity("#!python3\nx"), Some(ScriptOddity::InterpreterWithoutPath { interpreter: python }));
        assert_eq!(oddity("#!/bin/bash\r\nx\r\n"), Some(ScriptOddity::DosLineEnds));
        assert_eq!(oddity("a\r\nb"), Some(ScriptOddity::DosLineEnds));
        for script in ["#!/bin/bash\nx", "#! /bin/sh", "\necho", "# a\n#!/bin/sh", "", "printf '\\r'"] {
            assert_eq!(oddity(script), None, "{script:?}");
        }
    }
}
