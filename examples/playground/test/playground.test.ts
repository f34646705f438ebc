import { afterAll, describe } from 'vitest';
import { promptTests } from './prompts.js';
import { playground } from './support/playground.js';
import { disposeReference } from './support/reference.js';

// One build and one browser for all of them.
const stage = playground();
afterAll(disposeReference);

describe('the playground', () => {
  promptTests(stage);
});
