'use client';

import { ClipSegProvider, PromptInput, SegmentationCanvas, useRawImage } from '@clipseg/react';
import { createClipSeg, decodeImage } from '@clipseg/web';
import { useState } from 'react';
import meadow from '../../images/meadow.png';
import { useBrowserMasks } from './use-browser-masks.js';
import { useServerMasks } from './use-server-masks.js';

export function Segmenter() {
  return (
    <ClipSegProvider create={createClipSeg} decode={decodeImage}>
      <Workbench />
    </ClipSegProvider>
  );
}

function Workbench() {
  const [source, setSource] = useState(meadow.src);
  const [place, setPlace] = useState('browser');
  const [text, setText] = useState('cow OR dog');
  const [cut, setCut] = useState(0.5);
  const { image, error } = useRawImage(source);
  const Masks = place === 'browser' ? BrowserMasks : ServerMasks;
  return (
    <main>
      {error && <p role="alert">{error.message}</p>}
      {image && <Masks source={source} image={image} text={text} cut={cut} />}
      <form onSubmit={(event) => event.preventDefault()}>
        <label>
          Image
          <input
            type="file"
            accept="image/*"
            onChange={({ target }) => target.files[0] && setSource(target.files[0])}
          />
        </label>
        <div>
          <label htmlFor="prompt">Prompt</label>
          <PromptInput id="prompt" value={text} onPrompt={(_, value) => setText(value)} />
        </div>
        <label>
          Threshold
          <input
            type="range"
            {...{ min: 0.05, max: 0.95, step: 0.01, value: cut }}
            onChange={({ target }) => setCut(target.valueAsNumber)}
          />
        </label>
        <fieldset>
          <legend>Compute masks</legend>
          {['browser', 'server'].map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="place"
                checked={place === one}
                onChange={() => setPlace(one)}
              />
              {one === 'browser' ? 'in this browser' : 'on the server'}
            </label>
          ))}
        </fieldset>
      </form>
    </main>
  );
}

const BrowserMasks = (props) => <Result {...props} {...useBrowserMasks(props)} />;
const ServerMasks = (props) => <Result {...props} {...useServerMasks(props)} />;

function Result({ image, segments, status, error }) {
  return (
    <section aria-busy={status === 'pending'}>
      <SegmentationCanvas image={image} segments={segments} />
      <p role="status">{error?.message ?? (segments ? '' : 'Working …')}</p>
    </section>
  );
}
