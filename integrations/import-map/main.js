import { createClipSeg } from '@clipseg/web';
import { showMasks } from '../page/show-masks.js';

// Import maps do not reach into workers: the worker loads ONNX Runtime by its URL.
showMasks(await createClipSeg({ ortFolder: '/node_modules/onnxruntime-web/dist/' }));
