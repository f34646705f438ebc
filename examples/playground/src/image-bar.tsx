import { useState } from 'react';
import { Camera } from './camera.js';
import { FileButton } from './controls.js';
import { type NamedImage, type Sample, samples } from './samples.js';
import { imageIn } from './use-incoming-image.js';

interface ImageBarProps {
  readonly input: NamedImage;
  readonly onImage: (image: NamedImage) => void;
  readonly onSample: (sample: Sample) => void;
}

/** Lets the user choose an image: a sample, a file, or the camera. */
export function ImageBar({ input, onImage, onSample }: ImageBarProps) {
  const [filming, setFilming] = useState(false);
  return (
    <nav className="image-bar" aria-label="Images">
      <ul aria-label="Samples">
        {samples.map((sample) => (
          <li key={sample.name}>
            <button
              type="button"
              className="thumbnail"
              aria-pressed={sample.source === input.source}
              onClick={() => onSample(sample)}
            >
              <img src={sample.source as string} alt={sample.name} width="72" height="54" />
            </button>
          </li>
        ))}
      </ul>
      <div className="actions">
        <FileButton
          label="Open an image"
          accept="image/*"
          onFiles={(files) => {
            const chosen = imageIn(files);
            if (chosen) onImage(chosen);
          }}
        />
        <button type="button" className="button" onClick={() => setFilming(true)}>
          Camera
        </button>
      </div>
      <p className="hint">or drop or paste an image anywhere</p>
      {filming && <Camera onImage={onImage} onClose={() => setFilming(false)} />}
    </nav>
  );
}
