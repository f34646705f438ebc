import type { Dtype } from '@clipseg/core';
import { downloadSizes } from '@clipseg/web/model';
import { type ChangeEvent, type FormEvent, useState } from 'react';
import { Failure, Panel, Segmented, Select } from '../controls.js';
import { devices, dtypes, type ModelChoice, type ModelSettings } from '../model-choice.js';

const kinds = { embedded: 'Embedded', url: 'From a URL', folder: 'From a folder' } as const;
type Kind = keyof typeof kinds;

interface ModelPanelProps {
  readonly model: ModelSettings;
  readonly onModel: (model: ModelSettings) => void;
}

/** Choice of the model, the device and the precision. */
export function ModelPanel({ model, onModel }: ModelPanelProps) {
  const [kind, setKind] = useState<Kind>(model.model.kind);
  const use = (choice: ModelChoice) => onModel({ ...model, model: choice });
  return (
    <Panel title="Model" aside={kinds[model.model.kind]}>
      <Segmented
        label="Model"
        value={kind}
        options={kinds}
        onChoose={(next) => {
          setKind(next);
          if (next === 'embedded') use({ kind: 'embedded' });
        }}
      />
      {kind === 'embedded' && (
        <p className="hint">
          A small model that comes with the page. It knows images made of <b>emoji-like objects</b>,
          such as the samples, and <b>no photographs</b>. For photographs, use a converted CLIPSeg.
        </p>
      )}
      {kind === 'url' && <FromUrl dtype={model.dtype} onUrl={(url) => use({ kind, url })} />}
      {kind === 'folder' && <FromFolder onFolder={(files, name) => use({ kind, files, name })} />}
      <Select
        label="Device"
        value={model.device}
        options={devices}
        onChoose={(device) => onModel({ ...model, device })}
      />
      <Select
        label="Precision"
        value={model.dtype}
        options={dtypes}
        onChoose={(dtype) => onModel({ ...model, dtype })}
      />
    </Panel>
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

type Sizes = Partial<Record<Dtype, number>>;

interface FromUrlProps {
  readonly dtype: ModelSettings['dtype'];
  readonly onUrl: (url: string) => void;
}

/** Shows the size of the download before it starts. */
function FromUrl({ dtype, onUrl }: FromUrlProps) {
  const [url, setUrl] = useState('');
  const [found, setFound] = useState<{ sizes?: Sizes; error?: Error }>({});
  const lookUp = async (event: FormEvent) => {
    event.preventDefault();
    setFound({});
    await downloadSizes({ model: url.trim() }).then(
      (sizes) => setFound({ sizes }),
      (error) => setFound({ error }),
    );
  };
  const { sizes, error } = found;
  const all = Object.values(sizes ?? {});
  const bytes = (dtype !== 'auto' && sizes?.[dtype]) || Math.max(0, ...all);
  return (
    <form className="from-url" onSubmit={lookUp}>
      <label className="text-field">
        <span>Folder made by clipseg convert, or a hub id</span>
        <input
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          required
          placeholder="https://example.org/models/rd64/"
          value={url}
          onChange={({ currentTarget }) => {
            setUrl(currentTarget.value);
            setFound({});
          }}
        />
      </label>
      {error && <Failure error={error} />}
      {sizes ? (
        <div className="consent">
          <p>
            {bytes === 0
              ? 'It is already in this browser.'
              : `This downloads ${dtype === 'auto' ? 'up to ' : ''}${megabytes(bytes)}, once.`}
          </p>
          <ul>
            {Object.entries(sizes).map(([name, size]) => (
              <li key={name}>
                {dtypes[name as Dtype]}: {megabytes(size)}
              </li>
            ))}
          </ul>
          <button
            type="button"
            className="button primary"
            onClick={() => {
              setFound({});
              onUrl(url.trim());
            }}
          >
            {bytes === 0 ? 'Use it' : 'Download and use it'}
          </button>
        </div>
      ) : (
        <button type="submit" className="button">
          Check the size
        </button>
      )}
    </form>
  );
}

interface FromFolderProps {
  readonly onFolder: (files: readonly File[], name: string) => void;
}

/** The files are read from the disk; nothing is uploaded. */
function FromFolder({ onFolder }: FromFolderProps) {
  const take = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    const files = [...(currentTarget.files ?? [])];
    const [name = 'folder'] = files[0]?.webkitRelativePath.split('/') ?? [];
    if (files.length > 0) onFolder(files, name || 'folder');
    currentTarget.value = '';
  };
  return (
    <>
      <p className="hint">
        A folder made by <code>clipseg convert</code>. Its files are read from your disk: nothing
        leaves this computer.
      </p>
      <label className="button wide">
        <input
          className="visually-hidden"
          type="file"
          multiple
          onChange={take}
          {...{ webkitdirectory: '' }}
        />
        <span>Choose a folder</span>
      </label>
    </>
  );
}
