//! Tests of where a script has quotes, and what stands in them.

use super::*;

fn of(script: &str) -> Vec<(&str, LiteralText)> {
    let found = literals(script).into_iter();
    found.map(|(range, why)| (&script[range.start..], why)).filter(|(text, _)| text.contains("${x}")).collect()
}

/// Why what begins with `${x}` is taken as it stands.
fn why(script: &str) -> Option<LiteralText> {
    let at = script.find("${x}").expect(script);
    literals(script).into_iter().find(|(range, _)| range.contains(&at)).map(|(_, why)| why)
}

#[test]
fn f19_where_a_shell_replaces_nothing() {
    for (script, expected) in [
        ("echo '${x}'", LiteralText::SingleQuotes),
        ("echo \"it's\" 'a ${x}'", LiteralText::SingleQuotes),
        ("# don't\necho '${x}'", LiteralText::SingleQuotes),
        ("echo \"$(sed 's/a/${x}/')\"", LiteralText::SingleQuotes),
        ("echo $'it\\'s ${x}'", LiteralText::SingleQuotes),
        ("grep -c '${x}' file", LiteralText::SingleQuotes),
        ("ssh host sh -c '${x}'", LiteralText::SingleQuotes),
        ("echo \\${x}", LiteralText::Backslash),
        ("echo \"\\${x}\"", LiteralText::Backslash),
        ("cat <<END\n'\\${x}\nEND\n", LiteralText::Backslash),
        ("echo $${x}", LiteralText::Dollar),
        ("cat <<'END'\na\n${x}\nEND\necho", LiteralText::HereDocument),
        ("cat <<-\\END >f\n\t${x}\n\tEND\necho", LiteralText::HereDocument),
        ("cat <<A <<\"B\"\n'\nA\n${x}\nB\necho", LiteralText::HereDocument),
    ] {
        assert_eq!(why(script), Some(expected), "{script:?}");
    }
}

#[test]
fn f19_where_it_replaces_or_another_shell_does() {
    for script in [
        "echo ${x} \"${x}\"",
        "echo \"'${x}'\"",
        "echo \\\\${x}",
        "echo 'a'${x}'b'",
        "cat <<END\n'${x}'\nEND\n",
        "echo $((1<<2)) ${x}\n",
        "cat <<<'a' ${x}",
        "bash -ec 'echo ${x}'",
        "su - web -c 'echo ${x}'",
        "trap 'rm -rf ${x}' EXIT",
        "/bin/sh <<'END'\n${x}\nEND\n",
        "echo \"${y:-it's}\" ${x}",
        "case a in a) echo ${x} ;; esac",
        "echo \"`date`\" ${x} # it's",
        "echo 'not closed \"${x}",
        "awk '{print}' \"${x}\"",
    ] {
        assert_eq!(why(script), None, "{script:?}: {:?}", of(script));
    }
}

#[test]
fn f14_what_is_wrong_with_a_first_line_is_told() {
    let words = |words: &str| FirstLineFault::EnvTakesOneWord { words: words.to_owned() };
    for (script, fault) in [
        ("#!", FirstLineFault::NothingNamed),
        ("#! \nx", FirstLineFault::NothingNamed),
        ("#!\r\nx", FirstLineFault::Dos),
        ("#!/bin/sh\r\nx", FirstLineFault::Dos),
        ("#!/usr/bin/env python3\r\nx", FirstLineFault::Dos),
        ("#!/bin/sh\recho hi\r", FirstLineFault::LoneCr),
        ("#!/bin/sh\r", FirstLineFault::LoneCr),
        ("#!/usr/bin/env python3\rprint(1)\n", FirstLineFault::LoneCr),
        ("#!/usr/bin/env bash -e\nx", words("bash -e")),
        ("#! /usr/bin/env\tA=1 bash", words("A=1 bash")),
        ("#!/usr/bin/env -i bash\r\n", words("-i bash")),
    ] {
        assert_eq!(first_line_fault(script), Some(fault), "{script:?}");
    }
    for script in [
        "",
        "echo",
        "#!/bin/bash -e -u\n",
        "#!/bin/bash -e\r\n",
        "#!/usr/bin/env bash",
        "#!/usr/bin/env -S bash -e\n",
        "#!/usr/bin/env -vS bash -e\n",
        "#!/usr/bin/env --split-string=bash -e\n",
    ] {
        assert_eq!(first_line_fault(script), None, "{script:?}");
    }
}

#[test]
fn f19_the_program_is_the_one_of_the_first_line() {
    assert_eq!(interpreter("#!/usr/bin/env -S A=1 bash -e\nx"), Some("bash"));
    assert!(is_for_shell("x") && is_for_shell("#! /bin/dash") && !is_for_shell("#!/usr/bin/python3\n"));
}
