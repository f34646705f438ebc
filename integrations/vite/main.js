import { createClipSeg } from '@clipseg/web';
import { showMasks } from '../page/show-masks.js';

showMasks(await createClipSeg());
