import { RegionPicker, type RegionTool, useRawImage } from '@clipseg/react';
import { type CSSProperties, useState } from 'react';
import { FileButton, Panel, Segmented, Select, Slider } from '../controls.js';
import { type Picture, samples } from '../samples.js';
import { EXAMPLE_LABEL, type Example } from '../use-example-prompt.js';
import { pictureOf } from '../use-incoming-picture.js';
import { EXAMPLE_COLOR, type Result } from '../use-result.js';
import { Verdict } from './prompts-panel.js';

const tools = {
  box: 'Box',
  point: 'Point',
  lasso: 'Lasso',
  brush: 'Brush',
} as const satisfies Record<RegionTool, string>;

const maskings = {
  paper: 'Crop, blur, darken (the paper’s best)',
  crop: 'Crop',
  blur: 'Blur what is around',
  darken: 'Darken what is around',
  outline: 'Red outline',
  'token-mask': 'Mask the tokens, not the pixels',
  none: 'Show all of it',
} as const;

interface ExamplePanelProps {
  readonly example: Example | undefined;
  /** The one that is segmented, which may be its own example. */
  readonly picture: Picture;
  readonly result: Result;
  readonly onExample: (example: Example | undefined) => void;
}

/** What is looked for, by a picture of it. */
export function ExamplePanel({ example, picture, result, onExample }: ExamplePanelProps) {
  const [chosen, choose] = useState<Picture>();
  const take = (next: Picture | undefined) => {
    if (!next) return;
    choose(next);
    onExample(undefined);
  };
  const own = samples.every(({ source }) => source !== picture.source);
  return (
    <Panel title="By example" aside={example ? 'in use' : 'show it a picture'}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: buttons inside do the same */}
      <div
        className="example"
        style={{ '--color': `rgb(${EXAMPLE_COLOR})` } as CSSProperties}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation(); // it is no picture to segment
          take(pictureOf(event.dataTransfer.files));
        }}
      >
        <div className="supports">
          {[...samples, ...(own ? [picture] : [])].map((one) => (
            <button
              key={one.name}
              type="button"
              className="chip"
              aria-pressed={chosen?.source === one.source}
              onClick={() => take(one)}
            >
              {one.source === picture.source ? `${one.name} (this picture)` : one.name}
            </button>
          ))}
          <FileButton
            className="chip"
            label="Open or drop one"
            accept="image/*"
            onFiles={(files) => take(pictureOf(files))}
          />
        </div>
        {chosen && (
          <Support
            {...{ example, result, onExample }}
            support={chosen}
            onClose={() => choose(undefined)}
          />
        )}
      </div>
    </Panel>
  );
}

interface SupportProps {
  readonly support: Picture;
  readonly example: Example | undefined;
  readonly result: Result;
  readonly onExample: (example: Example | undefined) => void;
  readonly onClose: () => void;
}

/** Drawing on the support, and what is done with it. */
function Support({ support, example, result, onExample, onClose }: SupportProps) {
  const { image } = useRawImage(support.source);
  const [tool, setTool] = useState<RegionTool>('box');
  if (!image) return <div className="placeholder" />;
  const { name } = support;
  const own = example ?? { name, image, masking: 'paper', text: '', share: 0.5 };
  const set = (part: Partial<Example>) => onExample({ ...own, ...part });
  return (
    <>
      <Segmented label="Tool" value={tool} options={tools} onChoose={setTool} />
      <RegionPicker
        className="region"
        {...{ image, tool }}
        region={own.region}
        onRegion={(region) => region && set({ region })}
      />
      <p className="hint">
        Draw around what you mean. With the keyboard: arrow keys move the pen, Space sets it down
        and lifts it.
      </p>
      {!example && (
        <button type="button" className="button wide" onClick={() => set({ region: undefined })}>
          Use the whole picture
        </button>
      )}
      {example && (
        <>
          <Verdict label={EXAMPLE_LABEL} result={result} />
          <Select
            label="Masking"
            value={own.masking as keyof typeof maskings}
            options={maskings}
            onChoose={(masking) => set({ masking })}
          />
          <label className="text-field">
            <span>Mix with words</span>
            <input
              type="text"
              autoComplete="off"
              placeholder="none"
              value={own.text}
              onChange={({ currentTarget }) => set({ text: currentTarget.value })}
            />
          </label>
          <Slider
            label="Words or picture"
            {...{ min: 0, max: 1, step: 0.05, value: own.share, disabled: own.text.trim() === '' }}
            shown={`${Math.round(100 * (1 - own.share))} : ${Math.round(100 * own.share)}`}
            onValue={(share) => set({ share })}
          />
          <button
            type="button"
            className="button wide"
            onClick={() => {
              onExample(undefined);
              onClose();
            }}
          >
            Remove the example
          </button>
        </>
      )}
    </>
  );
}
