import { Panel, Select, Slider, Switch } from '../controls.js';
import { type MaskSettings, type Method, methods, standardSettings } from '../mask-settings.js';
import type { View } from '../shown-segments.js';

const methodNames = Object.fromEntries(
  Object.entries(methods).map(([key, { name }]) => [key, name]),
) as Record<Method, string>;

const pixels = (value: number): string => (value === 0 ? 'off' : `${value} px`);
const signed = (value: number): string =>
  value === 0 ? 'off' : `${value > 0 ? '+' : '−'}${Math.abs(value)} px`;

interface MasksPanelProps {
  readonly settings: MaskSettings;
  readonly view: View;
  readonly onSettings: (settings: MaskSettings) => void;
}

/** Settings that make masks from scores. None of them starts inference. */
export function MasksPanel({ settings, view, onSettings }: MasksPanelProps) {
  const set = (part: Partial<MaskSettings>) => onSettings({ ...settings, ...part });
  const { method, level, refine, radius, close, open, grow, minArea, parts } = settings;
  const distance = { min: 0, max: 20, step: 1 };
  return (
    <Panel title="Masks" open aside="no inference">
      <Slider
        label={methods[method].level}
        {...{ min: 0.02, max: 0.98, step: 0.01, value: level, shown: level.toFixed(2) }}
        onValue={(value) => set({ level: value })}
      />
      {view === 'classes' ? (
        <p className="hint">
          Each pixel belongs to the prompt with the highest score, or to the background if no score
          exceeds the threshold. The steps below shape single masks, not classes.
        </p>
      ) : undefined}
      <Select
        label="Method"
        value={method}
        options={methodNames}
        onChoose={(value) => set({ method: value })}
      />
      <Switch label="Follow the image’s edges" on={refine} onToggle={(on) => set({ refine: on })} />
      <Slider
        label="Guided filter, radius"
        {...{ min: 2, max: 60, step: 1, value: radius, shown: `${radius} px`, disabled: !refine }}
        onValue={(value) => set({ radius: value })}
      />
      <details className="more">
        <summary>Shape</summary>
        <Slider
          label="Close gaps"
          {...{ ...distance, value: close, shown: pixels(close) }}
          onValue={(value) => set({ close: value })}
        />
        <Slider
          label="Remove bridges"
          {...{ ...distance, value: open, shown: pixels(open) }}
          onValue={(value) => set({ open: value })}
        />
        <Slider
          label="Grow or shrink"
          {...{ ...distance, min: -20, value: grow, shown: signed(grow) }}
          onValue={(value) => set({ grow: value })}
        />
        <Slider
          label="Minimum area"
          {...{ min: 0, max: 2000, step: 20, value: minArea, shown: pixels(minArea) }}
          onValue={(value) => set({ minArea: value })}
        />
        <Switch
          label="Fill holes"
          on={settings.fillHoles}
          onToggle={(on) => set({ fillHoles: on })}
        />
        <Switch
          label="Soft edges (matte)"
          on={settings.softEdges}
          onToggle={(on) => set({ softEdges: on })}
        />
      </details>
      <Switch label="Separate parts" on={parts} onToggle={(on) => set({ parts: on })} />
      <Switch
        label="Split touching parts"
        on={settings.split}
        disabled={!parts}
        onToggle={(on) => set({ split: on })}
      />
      <button type="button" className="button wide" onClick={() => onSettings(standardSettings)}>
        Reset
      </button>
    </Panel>
  );
}
