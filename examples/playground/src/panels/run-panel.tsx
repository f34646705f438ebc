import type { UseClipSeg } from '@clipseg/react';
import { Panel } from '../controls.js';
import { type Inference, runsOf } from '../inference-log.js';
import { devices, dtypes, type ModelSettings } from '../model-choice.js';

interface RunPanelProps {
  readonly clipSeg: UseClipSeg;
  readonly model: ModelSettings;
  readonly inference: Inference;
}

const milliseconds = (value: number | undefined): string =>
  value === undefined ? '–' : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;

/** Devices, number of runs, and timings. */
export function RunPanel({ clipSeg: { clipSeg }, model, inference }: RunPanelProps) {
  const { timings, images, decodes, examples, asked, known } = inference;
  const report = clipSeg?.device;
  const [runs, encode, decode] = [runsOf(inference), timings.encode, timings.decode];
  return (
    <Panel
      title="Device and timing"
      aside={decode === undefined ? undefined : milliseconds(decode)}
    >
      <dl className="figures">
        <dt>Runs on</dt>
        <dd>{report ? [...new Set(Object.values(report.graphs))].join(', ') : '–'}</dd>
        <dt>Requested</dt>
        <dd>
          {devices[model.device]}, {dtypes[model.dtype].toLowerCase()}
        </dd>
        <dt>Precision</dt>
        <dd>{report?.dtype ?? '–'}</dd>
        <dt>CPU threads</dt>
        <dd>{report?.threads ?? '–'}</dd>
        <dt>Self-check, largest error</dt>
        <dd>{report?.selfCheck?.maxError.toExponential(1) ?? '–'}</dd>
        <dt>Image preprocessing</dt>
        <dd>{milliseconds(timings.preprocess)}</dd>
        <dt>Image encoding, once</dt>
        <dd>{milliseconds(encode)}</dd>
        <dt>Prompt encoding</dt>
        <dd>
          {milliseconds(timings.prompts)}
          {asked > 0 && `, ${known} of ${asked} cached`}
        </dd>
        <dt>Decoding</dt>
        <dd>{milliseconds(decode)}</dd>
        <dt>Inference runs</dt>
        <dd>
          {runs}: {images} {images === 1 ? 'image' : 'images'}, {decodes} decodes, {examples}{' '}
          examples
        </dd>
      </dl>
      {report && report.refused.length > 0 && (
        <details className="more">
          <summary>Devices not used</summary>
          <ul className="refusals">
            {report.refused.map(({ device, code, message, graph = 'all graphs' }) => (
              <li key={`${device} ${code} ${graph}`}>
                <code>
                  {device}: {code}
                </code>{' '}
                {message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}
