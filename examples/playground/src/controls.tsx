import { type ComponentProps, type ReactNode, useId } from 'react';

interface SliderProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange'> {
  readonly label: string;
  readonly value: number;
  /** The value as text. */
  readonly shown: string;
  readonly onValue: (value: number) => void;
}

/** Slider for a number. */
export function Slider({ label, value, shown, onValue, ...input }: SliderProps) {
  const id = useId();
  return (
    <div className="slider">
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id}>{shown}</output>
      <input
        id={id}
        type="range"
        aria-valuetext={shown}
        {...input}
        value={value}
        onChange={({ currentTarget }) => onValue(currentTarget.valueAsNumber)}
      />
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly onToggle: (on: boolean) => void;
}

/** Switch for an on-off setting. */
export function Switch({ label, on, disabled, onToggle }: SwitchProps) {
  return (
    <label className="switch">
      <span>{label}</span>
      <input
        type="checkbox"
        checked={on}
        disabled={disabled}
        onChange={({ currentTarget }) => onToggle(currentTarget.checked)}
      />
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: Readonly<Record<Value, string>>;
  readonly onChoose: (value: Value) => void;
}

/** Drop-down list, for many options. */
export function Select<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, onChoose } = props;
  const id = useId();
  return (
    <div className="select">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => onChoose(currentTarget.value as Value)}
      >
        {Object.entries<string>(options).map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Radio buttons side by side, for few options. */
export function Segmented<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, onChoose } = props;
  const name = useId();
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">{label}</legend>
      {(Object.entries(options) as [Value, string][]).map(([option, text]) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            checked={option === value}
            onChange={() => onChoose(option)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface PanelProps {
  readonly title: string;
  /** Shown next to the title. */
  readonly aside?: ReactNode;
  readonly open?: boolean;
  readonly children: ReactNode;
}

/** Collapsible part of the page. */
export function Panel({ title, aside, open = false, children }: PanelProps) {
  return (
    <details className="panel" open={open}>
      <summary>
        <h2>{title}</h2>
        {aside !== undefined && <span className="aside">{aside}</span>}
      </summary>
      <div className="panel-body">{children}</div>
    </details>
  );
}

interface FileButtonProps {
  readonly label: string;
  readonly accept: string;
  readonly className?: string;
  readonly onFiles: (files: FileList | null) => void;
}

/** Button that opens the system's file chooser. */
export function FileButton({ label, accept, className = 'button', onFiles }: FileButtonProps) {
  return (
    <label className={className}>
      <input
        className="visually-hidden"
        type="file"
        accept={accept}
        onChange={({ currentTarget }) => {
          onFiles(currentTarget.files);
          currentTarget.value = ''; // lets the user choose the same file again
        }}
      />
      <span>{label}</span>
    </label>
  );
}

/** Shows an error with its code, and what can be done. */
export function Failure({ error, children }: { error: Error; children?: ReactNode }) {
  const { code } = error as { code?: string };
  return (
    <div className="failure" role="alert">
      {code && <code>{code}</code>}
      <p>{error.message}</p>
      {children}
    </div>
  );
}
