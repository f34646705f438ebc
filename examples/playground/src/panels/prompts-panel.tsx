import { maskArea, presence, type Segmentation } from '@clipseg/core';
import type { ProcessedSegment } from '@clipseg/core/postprocess';
import { PromptInput } from '@clipseg/react';
import { type CSSProperties, useEffect, useRef } from 'react';
import { Panel } from '../controls.js';
import { type Inference, runsOf } from '../inference-log.js';
import { labelOf, type PromptRow, rowText, withRow } from '../prompt-rows.js';
import type { Result } from '../use-result.js';

const OTHER_SUGGESTIONS = ['something red', 'animal', 'food OR drink', 'animal AND NOT dog'];

/** Shows whether a prompt matches anything in the image, and how much of it. */
export function Verdict({ label, result }: { label: string; result: Result }) {
  const at = result.segments.findIndex(({ label: prompt }) => prompt === label);
  const segment = result.segments[at];
  const scores = (result.segmentation as Segmentation | undefined)?.segments[at];
  if (!segment || !scores) return <p className="verdict">…</p>;
  return <SegmentVerdict segment={segment} {...presence(scores)} />;
}

interface SegmentVerdictProps {
  readonly segment: ProcessedSegment;
  readonly present: boolean;
  readonly score: number;
}

function SegmentVerdict({ segment, present, score }: SegmentVerdictProps) {
  const { width, height, threshold, instances } = segment;
  const share = (100 * maskArea(segment.mask())) / (width * height);
  return (
    <p className="verdict">
      <strong
        className={present ? 'present' : undefined}
        title={`Presence score: ${score.toFixed(2)}`}
      >
        {present ? 'present' : 'absent'}
      </strong>
      <span>{share.toFixed(1)} %</span>
      <span>threshold {threshold.toFixed(2)}</span>
      {instances && <span>{instances.length === 1 ? '1 part' : `${instances.length} parts`}</span>}
    </p>
  );
}

interface PromptsPanelProps {
  readonly rows: readonly PromptRow[];
  readonly result: Result;
  readonly suggestions: readonly string[] | undefined;
  readonly inference: Inference;
  readonly pending: boolean;
  readonly onRows: (rows: readonly PromptRow[]) => void;
}

/** Text prompts. */
export function PromptsPanel(props: PromptsPanelProps) {
  const { rows, result, suggestions = OTHER_SUGGESTIONS, inference, pending, onRows } = props;
  const list = useRef<HTMLUListElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const count = useRef(rows.length);
  useEffect(() => {
    // Focus a row that the user has added.
    const last = rows.at(-1);
    if (rows.length > count.current && last?.text === '') {
      list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus();
    }
    count.current = rows.length;
  }, [rows]);
  const add = (text: string) => {
    const last = rows.at(-1);
    const kept = last?.text.trim() === '' ? rows.slice(0, -1) : rows;
    onRows(withRow(kept, text));
  };
  const runs = runsOf(inference);
  return (
    <Panel title="Prompts" open aside={pending ? 'segmenting …' : undefined}>
      <ul className="prompts" ref={list}>
        {rows.map((row, i) => (
          <li key={row.id} style={{ '--color': `rgb(${row.color})` } as CSSProperties}>
            <span className="dot" aria-hidden="true" />
            <div className="prompt-field">
              <PromptInput
                aria-label={`Prompt ${i + 1}`}
                placeholder="a thing, a color, a AND NOT b"
                value={row.text}
                onPrompt={(prompt, text) =>
                  onRows(rows.map((one) => (one === row ? rowText(row, text, prompt) : one)))
                }
                onKeyDown={({ key }) => key === 'Enter' && add('')}
              />
              {row.prompt !== undefined && <Verdict label={labelOf(row.prompt)} result={result} />}
            </div>
            <button
              type="button"
              className="button bare"
              aria-label={`Remove prompt ${i + 1}`}
              onClick={() => {
                onRows(rows.filter((one) => one !== row));
                more.current?.focus(); // the focused button disappears
              }}
            >
              <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
                <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" strokeWidth="1.7" />
              </svg>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="button wide" ref={more} onClick={() => add('')}>
        Add a prompt
      </button>
      <ul className="chips" aria-label="Suggestions">
        {suggestions
          .filter((text) => rows.every((row) => row.text !== text))
          .map((text) => (
            <li key={text}>
              <button type="button" className="chip" onClick={() => add(text)}>
                {text}
              </button>
            </li>
          ))}
      </ul>
      <p className="hint">
        Combine with <code>AND</code> <code>OR</code> <code>NOT</code> <code>MINUS</code>, weight
        with <code>a:0.7 + b:0.3</code>, grow with <code>{'a{+5}'}</code>.
      </p>
      <p className="runs" data-runs={runs}>
        <strong>{runs}</strong> inference runs so far. The settings under Masks need none.
      </p>
    </Panel>
  );
}
