import { useClipSeg } from '@clipseg/react';
import { useCallback, useState, useSyncExternalStore } from 'react';
import { Header } from './header.js';
import { ImageBar } from './image-bar.js';
import type { InferenceLog } from './inference-log.js';
import { standardSettings } from './mask-settings.js';
import { type ModelSettings, optionsOf, standardModel } from './model-choice.js';
import { ExamplePanel } from './panels/example-panel.js';
import { ExportPanel } from './panels/export-panel.js';
import { MasksPanel } from './panels/masks-panel.js';
import { ModelPanel } from './panels/model-panel.js';
import { PromptsPanel } from './panels/prompts-panel.js';
import { RunPanel } from './panels/run-panel.js';
import { rowsOf } from './prompt-rows.js';
import { type NamedImage, type Sample, samples } from './samples.js';
import type { View } from './shown-segments.js';
import { Stage } from './stage.js';
import type { Example } from './use-example-prompt.js';
import { useIncomingImage } from './use-incoming-image.js';
import { useOffline } from './use-offline.js';
import { useResult } from './use-result.js';

const [first] = samples;

/** Holds the state; `useResult` computes the masks; the panels show and change it. */
export function App({ log }: { log: InferenceLog }) {
  const [input, setInput] = useState<NamedImage>(first);
  const [rows, setRows] = useState(() => rowsOf(first.prompts));
  const [example, setExample] = useState<Example>();
  const [settings, setSettings] = useState(standardSettings);
  const [view, setView] = useState<View>('overlay');
  const [selected, setSelected] = useState<number>();
  const [model, setModel] = useState<ModelSettings>(standardModel);

  const clipSeg = useClipSeg(optionsOf(model));
  const inference = useSyncExternalStore(log.subscribe, log.getSnapshot);
  const offline = useOffline(clipSeg, model.model);
  const result = useResult({ clipSeg, input, rows, example, settings, view });

  const open = useCallback((next: NamedImage) => {
    setInput(next);
    setSelected(undefined);
  }, []);
  const openSample = (sample: Sample) => {
    open(sample);
    setRows(rowsOf(sample.prompts));
  };
  const held = useIncomingImage(open);
  const show = (next: View) => {
    setView(next);
    setSelected(undefined); // the list may change with the view
  };
  const change = (next: typeof settings) => {
    if (next.parts !== settings.parts) setSelected(undefined);
    setSettings(next);
  };
  const suggestions = samples.find(({ source }) => source === input.source)?.suggestions;

  return (
    <>
      <Header clipSeg={clipSeg} model={model} offline={offline} />
      <main data-held={held}>
        <Stage {...{ result, clipSeg, view, selected }} onView={show} onSelect={setSelected}>
          <ImageBar input={input} onImage={open} onSample={openSample} />
        </Stage>
        <div className="panels">
          <PromptsPanel
            {...{ rows, result, suggestions, inference }}
            pending={result.pending}
            onRows={setRows}
          />
          <MasksPanel {...{ settings, view }} onSettings={change} />
          <ExamplePanel {...{ example, input, result }} onExample={setExample} />
          <ExportPanel {...{ result, settings }} name={input.name} />
          <ModelPanel model={model} onModel={setModel} />
          <RunPanel {...{ clipSeg, model, inference }} />
        </div>
      </main>
    </>
  );
}
