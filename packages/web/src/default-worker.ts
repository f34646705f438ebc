import { serveClipSeg } from './worker.js';

serveClipSeg();
