import type { UseClipSeg } from '@clipseg/react';
import { type ModelSettings, modelName } from './model-choice.js';
import { useTheme } from './use-theme.js';

interface HeaderProps {
  readonly clipSeg: UseClipSeg;
  readonly model: ModelSettings;
  readonly offline: boolean;
}

function statusOf({ clipSeg, status }: UseClipSeg): string {
  if (!clipSeg) return status === 'idle' ? 'not loaded' : status;
  const { graphs, dtype } = clipSeg.device;
  return `${graphs.visionEncoder}, ${dtype}`;
}

/** Shows the name, the model with its device, and the theme button. */
export function Header({ clipSeg, model, offline }: HeaderProps) {
  const [theme, toggle] = useTheme();
  return (
    <header>
      <h1>
        <img src="./icon.svg" alt="" width="28" height="28" /> CLIPSeg <span>playground</span>
      </h1>
      <p className="tagline">Words in, masks out. Nothing leaves this page.</p>
      <p className="model-state" data-status={clipSeg.status}>
        <span className="model-name">{modelName(model.model)}</span>
        <span>{statusOf(clipSeg)}</span>
      </p>
      <p className="offline" role="status" title="The next visit needs no network.">
        {offline ? 'Works offline' : ''}
      </p>
      <button
        type="button"
        className="button round"
        aria-label={theme === 'dark' ? 'Light colors' : 'Dark colors'}
        onClick={toggle}
      >
        <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
          <circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
          <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
        </svg>
      </button>
    </header>
  );
}
