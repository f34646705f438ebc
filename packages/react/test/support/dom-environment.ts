import { Window } from 'happy-dom';
import type { Environment } from 'vitest/runtime';

// Only what React and the testing library need. These tests use the adapter for Node.js, which
// needs Node's own AbortSignal, URL, Blob and streams.
const KEYS = [
  'window',
  'document',
  'navigator',
  'location',
  'Node',
  'Element',
  'HTMLElement',
  'SVGElement',
  'HTMLIFrameElement',
  'HTMLInputElement',
  'HTMLCanvasElement',
  'DocumentFragment',
  'Text',
  'Event',
  'UIEvent',
  'MouseEvent',
  'PointerEvent',
  'KeyboardEvent',
  'InputEvent',
  'FocusEvent',
  'MutationObserver',
  'getComputedStyle',
  'requestAnimationFrame',
  'cancelAnimationFrame',
];

export default {
  name: 'dom',
  viteEnvironment: 'ssr',
  setup(global) {
    const window = new Window({ url: 'http://localhost/' });
    const before = new Map(KEYS.map((key) => [key, Object.getOwnPropertyDescriptor(global, key)]));
    for (const key of KEYS) {
      const value = key === 'window' ? window : Reflect.get(window, key);
      const bound = typeof value === 'function' && /^[a-z]/.test(key) ? value.bind(window) : value;
      Object.defineProperty(global, key, { value: bound, configurable: true, writable: true });
    }
    return {
      async teardown() {
        for (const [key, descriptor] of before) {
          if (descriptor) Object.defineProperty(global, key, descriptor);
          else Reflect.deleteProperty(global, key);
        }
        await window.happyDOM.close();
      },
    };
  },
} satisfies Environment;
