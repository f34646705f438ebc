import { useState } from 'react';
import { Panel, Select } from '../controls.js';
import {
  classesFile,
  cocoFile,
  cutOutFile,
  type Exportable,
  maskFile,
  save,
  svgFile,
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
  const from: Exportable = { name, image, segmentation, segments, steps, colors, level };
  const index = Math.min(Number(chosen), segments.length - 1);
  const prompts = Object.fromEntries(segments.map(({ label }, i) => [String(i), label]));
  return (
    <Panel title="Export" aside="PNG, SVG, COCO">
      <Select label="Prompt" value={String(index)} options={prompts} onChoose={setChosen} />
      <div className="actions">
        <button type="button" className="button" onClick={() => save(maskFile(from, index))}>
          Mask, PNG
        </button>
        <button type="button" className="button" onClick={() => save(cutOutFile(from, index))}>
          Cut-out, PNG
        </button>
      </div>
      <p className="label">All prompts</p>
      <div className="actions">
        <button type="button" className="button" onClick={() => save(svgFile(from))}>
          Outlines, SVG
        </button>
        <button type="button" className="button" onClick={() => save(cocoFile(from))}>
          COCO, JSON
        </button>
        <button type="button" className="button" onClick={() => save(classesFile(from))}>
          Classes, PNG
        </button>
      </div>
    </Panel>
  );
}
