import { ClipSegError, parsePrompt } from '@clipseg/core';
import type { CompositionPrompt } from '@clipseg/core/prompts';
import { type ComponentProps, useId, useState } from 'react';

export interface PromptInputProps
  extends Omit<ComponentProps<'input'>, 'value' | 'defaultValue' | 'onChange'> {
  /** The text, if the component is controlled. */
  readonly value?: string;
  /** The initial text, if the component is uncontrolled. */
  readonly defaultValue?: string;
  /** Called with every text and its prompt; the prompt is undefined if the text does not parse. */
  readonly onPrompt?: (prompt: string | CompositionPrompt | undefined, text: string) => void;
}

function parse(text: string): { prompt?: string | CompositionPrompt; error?: string } {
  try {
    return { prompt: parsePrompt(text) };
  } catch (error) {
    if (!ClipSegError.isInstance(error)) throw error;
    return { error: error.message };
  }
}

/** A text field for the composition language; it shows syntax errors below the field. */
export function PromptInput({ value, defaultValue = '', onPrompt, ...props }: PromptInputProps) {
  const [uncontrolled, setUncontrolled] = useState(defaultValue);
  const text = value ?? uncontrolled;
  const { error } = parse(text);
  const id = useId();
  return (
    <>
      <input
        type="text"
        autoComplete="off"
        spellCheck={false}
        {...props}
        value={text}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? props['aria-describedby'] : id}
        onChange={({ currentTarget }) => {
          setUncontrolled(currentTarget.value);
          onPrompt?.(parse(currentTarget.value).prompt, currentTarget.value);
        }}
      />
      {error !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys can scroll a long message
        <pre id={id} role="alert" tabIndex={0} data-clipseg="prompt-error">
          {error}
        </pre>
      )}
    </>
  );
}
