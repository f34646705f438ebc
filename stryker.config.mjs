// Changes the code in small ways (mutants) and sees whether the tests notice. Run by
// scripts/mutation/mutation.ts, one folder at a time: only the tests in a folder count for it.
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // Texts are messages and names here, which other tests check (quoted-messages.test.ts).
  mutator: { excludedMutations: ['StringLiteral'] },
  // Mutants in what runs once per module need a new process and all tests each: tables and lists,
  // which change rarely.
  ignoreStatic: true,
  // A mutant that never ends is found by counting; the clock is for the rest, on a busy machine.
  timeoutMS: 60_000,
  ignorePatterns: [
    'bench',
    'docs',
    'examples',
    'integrations',
    'out',
    'training',
    'packages/{mini,node,react,web}',
  ],
  tempDirName: 'out/stryker',
  reporters: ['json', 'clear-text'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'out/mutation/report.json' },
};
