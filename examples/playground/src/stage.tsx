import type { Color } from '@clipseg/core/formats';
import { DownloadProgress, SegmentationCanvas, type UseClipSeg } from '@clipseg/react';
import type { CSSProperties, ReactNode } from 'react';
import { Failure, Segmented } from './controls.js';
import type { View } from './shown-segments.js';
import type { Result } from './use-result.js';

const views = {
  overlay: 'Overlay',
  outline: 'Outline',
  'heat-map': 'Heat map',
  'cut-out': 'Cut-out',
  classes: 'Classes',
  image: 'Image',
} as const satisfies Record<View, string>;

interface StageProps {
  readonly result: Result;
  readonly clipSeg: UseClipSeg;
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly selected: number | undefined;
  readonly onSelect: (index: number | undefined) => void;
  /** Shown below the image. */
  readonly children: ReactNode;
}

/** Shows the state of the model on top of the image. */
function ModelNotice({ clipSeg }: { clipSeg: UseClipSeg }) {
  const { status, error } = clipSeg;
  if (status === 'ready') return null;
  if (error) {
    return (
      <Failure error={error}>
        <button type="button" className="button" onClick={() => clipSeg.load().catch(() => {})}>
          Try again
        </button>
      </Failure>
    );
  }
  return (
    <div className="notice">
      <strong>{status === 'loading' ? 'Loading the model' : 'Loading was stopped'}</strong>
      <DownloadProgress clipSeg={clipSeg} className="progress" />
      {status === 'loading' ? (
        <button type="button" className="button" onClick={clipSeg.cancel}>
          Cancel
        </button>
      ) : (
        <button type="button" className="button" onClick={() => clipSeg.load().catch(() => {})}>
          Load the model
        </button>
      )}
    </div>
  );
}

/** Shows the image, large, with its segments. */
export function Stage(props: StageProps) {
  const { result, clipSeg, view, onView, selected, onSelect, children } = props;
  const { image, segmentation, shown, pending, error } = result;
  // These two views show one prompt: the selected one, or the first.
  const single = view === 'heat-map' || view === 'cut-out';
  const ratio = image ? image.width / image.height : 4 / 3;
  return (
    <section className="stage" aria-label="Image" style={{ '--ratio': ratio } as CSSProperties}>
      <Segmented label="View" value={view} options={views} onChoose={onView} />
      <div className="canvas" data-view={view} data-busy={pending || clipSeg.status === 'loading'}>
        {image ? (
          <SegmentationCanvas
            image={image}
            segments={shown.segments}
            segmentation={segmentation}
            view={view === 'classes' ? 'overlay' : view}
            colors={shown.colors.length > 0 ? (shown.colors as Color[]) : undefined}
            selected={selected ?? (single ? 0 : undefined)}
            onSelect={onSelect}
          />
        ) : (
          <div className="placeholder" />
        )}
        <p className="visually-hidden" role="status">
          {pending ? 'Segmenting' : shown.segments.map(({ label }) => label).join(', ')}
        </p>
        <div className="notices">
          <ModelNotice clipSeg={clipSeg} />
          {error && <Failure error={error} />}
        </div>
      </div>
      {children}
    </section>
  );
}
