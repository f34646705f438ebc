import { createClipSeg } from '@clipseg/web';
import { showMasks } from '../page/show-masks.js';

// esbuild copies no files by itself: `npm run bundle` puts them beside the scripts.
showMasks(await createClipSeg({ model: './model/', ortFolder: './ort/' }));
