import { RegionPicker, type RegionTool, useRawImage } from '@clipseg/react';
import { type CSSProperties, useState } from 'react';
import { FileButton, Panel, Segmented, Select, Slider } from '../controls.js';
import { type NamedImage, samples } from '../samples.js';
import { EXAMPLE_LABEL, type Example } from '../use-example-prompt.js';
import { imageIn } from '../use-incoming-image.js';
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
  blur: 'Blur the background',
  darken: 'Darken the background',
  outline: 'Red outline',
  'token-mask': 'Token mask (pixels unchanged)',
  none: 'None (whole image)',
} as const;

interface ExamplePanelProps {
  readonly example: Example | undefined;
  /** The image to segment, which can also be the example. */
  readonly input: NamedImage;
  readonly result: Result;
  readonly onExample: (example: Example | undefined) => void;
}

/** Prompts by example. */
export function ExamplePanel({ example, input, result, onExample }: ExamplePanelProps) {
  const [support, setSupport] = useState<NamedImage>();
  const take = (next: NamedImage | undefined) => {
    if (!next) return;
    setSupport(next);
    onExample(undefined);
  };
  const isSample = samples.some(({ source }) => source === input.source);
  return (
    <Panel title="By example" aside={example ? 'in use' : 'use an example image'}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: buttons inside do the same */}
      <div
        className="example"
        style={{ '--color': `rgb(${EXAMPLE_COLOR})` } as CSSProperties}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation(); // it is not an image to segment
          take(imageIn(event.dataTransfer.files));
        }}
      >
        <div className="supports">
          {[...samples, ...(isSample ? [] : [input])].map((one) => (
            <button
              key={one.name}
              type="button"
              className="chip"
              aria-pressed={support?.source === one.source}
              onClick={() => take(one)}
            >
              {one.source === input.source ? `${one.name} (this image)` : one.name}
            </button>
          ))}
          <FileButton
            className="chip"
            label="Open or drop an image"
            accept="image/*"
            onFiles={(files) => take(imageIn(files))}
          />
        </div>
        {support && (
          <Support
            {...{ example, result, onExample }}
            support={support}
            onClose={() => setSupport(undefined)}
          />
        )}
      </div>
    </Panel>
  );
}

interface SupportProps {
  readonly support: NamedImage;
  readonly example: Example | undefined;
  readonly result: Result;
  readonly onExample: (example: Example | undefined) => void;
  readonly onClose: () => void;
}

/** Lets the user draw on the support, and set its options. */
function Support({ support, example, result, onExample, onClose }: SupportProps) {
  const { image } = useRawImage(support.source);
  const [tool, setTool] = useState<RegionTool>('box');
  if (!image) return <div className="placeholder" />;
  const { name } = support;
  const current = example ?? { name, image, masking: 'paper', text: '', share: 0.5 };
  const set = (part: Partial<Example>) => onExample({ ...current, ...part });
  return (
    <>
      <Segmented label="Tool" value={tool} options={tools} onChoose={setTool} />
      <RegionPicker
        className="region"
        {...{ image, tool }}
        region={current.region}
        onRegion={(region) => region && set({ region })}
      />
      <p className="hint">
        Draw around the object. With the keyboard: arrow keys move the pen, Space starts a line and
        ends it.
      </p>
      {!example && (
        <button type="button" className="button wide" onClick={() => set({ region: undefined })}>
          Use the whole image
        </button>
      )}
      {example && (
        <>
          <Verdict label={EXAMPLE_LABEL} result={result} />
          <Select
            label="Masking"
            value={current.masking as keyof typeof maskings}
            options={maskings}
            onChoose={(masking) => set({ masking })}
          />
          <label className="text-field">
            <span>Mix with a text</span>
            <input
              type="text"
              autoComplete="off"
              placeholder="none"
              value={current.text}
              onChange={({ currentTarget }) => set({ text: currentTarget.value })}
            />
          </label>
          <Slider
            label="Text or example"
            {...{ min: 0, max: 1, step: 0.05 }}
            value={current.share}
            disabled={current.text.trim() === ''}
            shown={`${Math.round(100 * (1 - current.share))} : ${Math.round(100 * current.share)}`}
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
