import { createClipSeg } from '@clipseg/web';
import { showMasks } from '../page/show-masks.js';

createClipSeg().then(showMasks);
