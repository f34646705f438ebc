import { useEffect, useRef, useState } from 'react';
import { Failure } from './controls.js';
import type { NamedImage } from './samples.js';

interface CameraProps {
  readonly onImage: (image: NamedImage) => void;
  readonly onClose: () => void;
}

/** Returns a video's current frame. */
function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

const messages: Readonly<Record<string, string>> = {
  NotAllowedError: 'Camera access was denied. Allow it in the address bar, and try again.',
  NotFoundError: 'No camera was found.',
  NotReadableError: 'Another program uses the camera.',
};

/** Shows the camera's image in a dialog. The camera is on while the dialog is open. */
export function Camera({ onImage, onClose }: CameraProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [error, setError] = useState<Error>();
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const life = new AbortController();
    let stream: MediaStream | undefined;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    dialog.current?.showModal();
    const constraints = { video: { facingMode: 'environment' } };
    const opening =
      navigator.mediaDevices?.getUserMedia(constraints) ??
      Promise.reject(new Error('Browsers allow cameras only on pages served over https.'));
    opening.then(
      (opened) => {
        stream = opened;
        if (life.signal.aborted) stop();
        else if (video.current) video.current.srcObject = opened;
      },
      (reason: Error) => setError(new Error(messages[reason.name] ?? reason.message)),
    );
    return () => {
      life.abort();
      stop();
    };
  }, []);
  const take = async () => {
    const source = video.current && (await frameOf(video.current));
    if (source) onImage({ name: 'camera', source });
    onClose();
  };
  return (
    <dialog ref={dialog} className="camera" aria-label="Camera" onClose={onClose}>
      {error ? (
        <Failure error={error} />
      ) : (
        <video ref={video} autoPlay playsInline muted onPlaying={() => setReady(true)} />
      )}
      <div className="actions">
        <button type="button" className="button primary" disabled={!ready} onClick={take}>
          Take photo
        </button>
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </div>
    </dialog>
  );
}
