import '@fontsource-variable/instrument-sans/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/stage.css';
import './styles/panels.css';
import { ClipSegProvider } from '@clipseg/react';
import { type CreateClipSegOptions, createClipSeg } from '@clipseg/web';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { decodeScaled } from './decode-scaled.js';
import { createInferenceLog } from './inference-log.js';
import { startServiceWorker } from './offline.js';

const log = createInferenceLog();
const started = startServiceWorker();

async function create(options: CreateClipSegOptions) {
  await started; // so that the service worker sees and caches what is fetched
  return log.watch(await createClipSeg(options));
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ClipSegProvider create={create} decode={decodeScaled}>
      <App log={log} />
    </ClipSegProvider>
  </StrictMode>,
);
