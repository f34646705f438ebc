import { ClipSegError, type CompositionPrompt, parsePrompt } from '@clipseg/core';
import { type ComponentProps, useId, useState } from 'react';

export interface PromptInputProps
  extends Omit<ComponentProps<'input'>, 'value' | 'defaultValue' | 'onChange'> {
  /** The text, where the component above keeps it. */
  readonly value?: string;
  /** The text to begin with, where this component keeps it. */
  readonly defaultValue?: string;
  /** Called with every text, and the prompt that it is; undefined while it cannot be read. */
  readonly onPrompt?: (prompt: string | CompositionPrompt | undefined, text: string) => void;
}

function read(text: string): { prompt?: string | CompositionPrompt; error?: string } {
  try {
    return { prompt: parsePrompt(text) };
  } catch (error) {
    if (!ClipSegError.isInstance(error)) throw error;
    return { error: error.message };
  }
}

/** A text field for the composition language, which shows below where a text cannot be read. */
export function PromptInput({ value, defaultValue = '', onPrompt, ...props }: PromptInputProps) {
  const [own, keep] = useState(defaultValue);
  const text = value ?? own;
  const { error } = read(text);
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
          keep(currentTarget.value);
          onPrompt?.(read(currentTarget.value).prompt, currentTarget.value);
        }}
      />
      {error !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: so that what is too wide can be scrolled by keys
        <pre id={id} role="alert" tabIndex={0} data-clipseg="prompt-error">
          {error}
        </pre>
      )}
    </>
  );
}
