import { createClipSeg } from '@clipseg/web';
import { showMasks } from '../page/show-masks.js';

// Rollup copies no files: `npm run bundle` puts them next to the scripts.
showMasks(await createClipSeg({ model: './model/', ortFolder: './ort/' }));
