//! Runs axe-core on a page.

use crate::driver::Driver;

/// Runs it and answers with whatever a reader or a screen reader would stumble over, one finding a line.
const RUN: &str = "
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(
  found => done(found.violations.map(rule =>
    rule.id + ': ' + rule.help + rule.nodes.map(node => '\\n  ' + node.target.join(' ') + ' ' + node.failureSummary).join('')
  ).join('\\n')),
  wrong => done(String(wrong)));
";

/// Nothing, or what is wrong.
pub async fn findings(driver: &Driver) -> String {
    let file = std::env::var("TOLLGATE_TEST_AXE").expect("TOLLGATE_TEST_AXE names axe.min.js: tests/run fetches it");
    let axe = std::fs::read_to_string(file).unwrap();
    driver.execute(&format!("if (!window.axe) {{ {axe} }}")).await.unwrap();
    driver.execute_async(RUN).await.unwrap().as_str().unwrap().to_owned()
}
