import { configureGlobal } from 'fast-check';

// A mutant is noticed when a property fails; shrinking the counterexample would only take time.
configureGlobal({ endOnFailure: true });
