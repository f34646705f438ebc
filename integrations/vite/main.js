import { createClipSeg } from '@clipseg/web';
import picture from '../page/picture.png';
import { showMasks } from '../page/show-masks.js';
import '../page/style.css';

document.querySelector('img').src = picture;
showMasks(await createClipSeg());
