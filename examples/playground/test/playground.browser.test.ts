import { afterAll, describe } from 'vitest';
import { accessibilityTests } from './accessibility.js';
import { exampleTests } from './examples.js';
import { exportTests } from './exports.js';
import { modelTests } from './models.js';
import { offlineTests } from './offline.js';
import { promptTests } from './prompts.js';
import { playground } from './support/playground.js';
import { disposeReference } from './support/reference.js';

// All tests share one build and one browser.
const stage = playground();
afterAll(disposeReference);

describe('the playground', () => {
  promptTests(stage);
  exampleTests(stage);
  exportTests(stage);
  accessibilityTests(stage);
  modelTests(stage);
  offlineTests(stage);
});
