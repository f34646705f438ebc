import { configure } from '@testing-library/react';

// How long a machine that has other things to do may take; nothing is measured.
configure({ asyncUtilTimeout: 30_000 });
