import { useState } from 'react';
import { Camera } from './camera.js';
import { FileButton } from './controls.js';
import { type Picture, type Sample, samples } from './samples.js';
import { pictureOf } from './use-incoming-picture.js';

interface PictureBarProps {
  readonly picture: Picture;
  readonly onPicture: (picture: Picture) => void;
  readonly onSample: (sample: Sample) => void;
}

/** Lets the user choose an image: a sample, a file, or the camera. */
export function PictureBar({ picture, onPicture, onSample }: PictureBarProps) {
  const [filming, setFilming] = useState(false);
  return (
    <nav className="picture-bar" aria-label="Images">
      <ul aria-label="Samples">
        {samples.map((sample) => (
          <li key={sample.name}>
            <button
              type="button"
              className="thumbnail"
              aria-pressed={sample.source === picture.source}
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
            const chosen = pictureOf(files);
            if (chosen) onPicture(chosen);
          }}
        />
        <button type="button" className="button" onClick={() => setFilming(true)}>
          Camera
        </button>
      </div>
      <p className="hint">or drop or paste an image anywhere</p>
      {filming && <Camera onPicture={onPicture} onClose={() => setFilming(false)} />}
    </nav>
  );
}
