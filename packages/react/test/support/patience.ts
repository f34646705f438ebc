import { configure } from '@testing-library/react';

// A busy machine may take this long; the tests measure no times.
configure({ asyncUtilTimeout: 30_000 });
