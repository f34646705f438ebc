import type { UseClipSeg } from '@clipseg/react';
import type { WebClipSeg } from '@clipseg/web';
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

/** What ran where, how often and how long. */
export function RunPanel({ clipSeg: { clipSeg }, model, inference }: RunPanelProps) {
  const { timings, pictures, decodes, examples, asked, known } = inference;
  const report = (clipSeg as WebClipSeg | undefined)?.device;
  const [runs, encode, decode] = [runsOf(inference), timings.encode, timings.decode];
  return (
    <Panel
      title="Device and timing"
      aside={decode === undefined ? undefined : milliseconds(decode)}
    >
      <dl className="figures">
        <dt>Runs on</dt>
        <dd>{report ? [...new Set(Object.values(report.graphs))].join(', ') : '–'}</dd>
        <dt>Asked for</dt>
        <dd>
          {devices[model.device]}, {dtypes[model.dtype].toLowerCase()}
        </dd>
        <dt>Numbers</dt>
        <dd>{report?.dtype ?? '–'}</dd>
        <dt>Threads of the CPU</dt>
        <dd>{report?.threads ?? '–'}</dd>
        <dt>Self-check, largest error</dt>
        <dd>{report?.selfCheck?.maxError.toExponential(1) ?? '–'}</dd>
        <dt>Picture prepared</dt>
        <dd>{milliseconds(timings.preprocess)}</dd>
        <dt>Picture encoded, once</dt>
        <dd>{milliseconds(encode)}</dd>
        <dt>Prompts encoded</dt>
        <dd>
          {milliseconds(timings.prompts)}
          {asked > 0 && `, ${known} of ${asked} known`}
        </dd>
        <dt>Decoded</dt>
        <dd>{milliseconds(decode)}</dd>
        <dt>Inference runs</dt>
        <dd>
          {runs}: {pictures} {pictures === 1 ? 'picture' : 'pictures'}, {decodes} decodes,{' '}
          {examples} examples
        </dd>
      </dl>
      {report && report.refused.length > 0 && (
        <details className="more">
          <summary>Why not elsewhere</summary>
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
