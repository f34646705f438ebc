import { useState } from 'react';
import { Panel, Select } from '../controls.js';
import {
  type Exportable,
  type ExportFormat,
  exportFile,
  formatLabels,
  save,
  writersFor,
} from '../exports.js';
import type { MaskSettings } from '../mask-settings.js';
import type { Result } from '../use-result.js';

interface ExportPanelProps {
  readonly name: string;
  readonly result: Result;
  readonly settings: MaskSettings;
}

/** Downloads of results as files. */
export function ExportPanel({ name, result, settings }: ExportPanelProps) {
  const [chosen, setChosen] = useState('0');
  const { image, segmentation, segments, steps, colors } = result;
  if (!image || !segmentation || segments.length === 0) {
    return (
      <Panel title="Export" aside="PNG, SVG, COCO">
        <p className="hint">Files are available once there is a mask.</p>
      </Panel>
    );
  }
  const { level } = settings;
  const processed = { width: image.width, height: image.height, segments };
  const from: Exportable = {
    name,
    file: name,
    image,
    segmentation,
    processed,
    colors,
    steps,
    level,
  };
  const writers = writersFor(from);
  const index = Math.min(Number(chosen), segments.length - 1);
  const prompts = Object.fromEntries(segments.map(({ label }, i) => [String(i), label]));
  const buttons = (per: 'segment' | 'image') => (
    <div className="actions">
      {(Object.keys(formatLabels) as ExportFormat[])
        .filter((format) => writers[format].per === per)
        .map((format) => (
          <button
            key={format}
            type="button"
            className="button"
            onClick={() => save(exportFile(from, writers[format], index))}
          >
            {formatLabels[format]}
          </button>
        ))}
    </div>
  );
  return (
    <Panel title="Export" aside="PNG, SVG, COCO">
      <Select label="Prompt" value={String(index)} options={prompts} onChoose={setChosen} />
      {buttons('segment')}
      <p className="label">All prompts</p>
      {buttons('image')}
    </Panel>
  );
}
