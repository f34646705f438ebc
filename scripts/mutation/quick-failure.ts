import { configureGlobal } from 'fast-check';

// A mutant is noticed when a property fails; the smallest counterexample is of no interest.
configureGlobal({ endOnFailure: true });
