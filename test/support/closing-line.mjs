// The last line of a run, in words that any reader of logs knows, and every skip and second try with it.

export default class ClosingLine {
  onTestRunEnd(modules, errors) {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    let again = 0;
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state in counts ? state : 'failed'] += 1;
        if (state === 'skipped') process.stdout.write(`SKIPPED: ${test.fullName}\n`);
        if (test.diagnostic()?.flaky) {
          again += 1;
          process.stdout.write(`PASSED ON A SECOND TRY: ${test.fullName}\n`);
        }
      }
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    const second = again > 0 ? `, ${again} on a second try` : '';
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}${second}\n`);
  }
}
