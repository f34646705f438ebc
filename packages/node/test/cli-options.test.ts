import { devNull } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { main } from '../src/cli/main.js';

afterEach(() => void vi.restoreAllMocks());

/** Runs the command in this process; it fails while parsing options. */
async function refused(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  let stderr = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  const code = await main(['node', 'clipseg', ...args]);
  return { code, stderr };
}

const numbers = ['', ' ', '0,4', 'NaN', '1e999', 'Infinity', '0x1', '1.2.3', '٣', '\u001b[31m'];
const counts = [...numbers, '0', '-1', '1.5', '1e3'];
const segment = (option: string, values: readonly string[]) =>
  values.map((value) => ['segment', 'x.png', '-p', 'x', `${option}=${value}`]);
const evaluate = (option: string, values: readonly string[]) =>
  values.map((value) => ['eval', '.', `${option}=${value}`]);

it.each([
  ...segment('--threshold', [...numbers, '-0.1', '1.1']),
  ...segment('--presence', [...numbers, '2.5', '-1']),
  ...segment('--mix', [...numbers, '2', '-1']),
  ...segment('--resolution', [...numbers, '0', '-1', '1.5', '12345', '64x', '64x0']),
  ...segment('--min-area', counts),
  ...segment('--tile', [...counts, 'some']),
  ...segment('--threads', [...counts, '1025', '1000000000']),
  ...segment('--crop', ['', '1,2,3', '1,,3,4', '1,2,3,4,', 'a,b,c,d', '0.5,0,9,9', 'NaN,0,1,1']),
  ...segment('--cleaning', ['', 'clip']),
  ...segment('--verify', ['', 'yes']),
  ...segment('--device', ['', 'gpu', 'CPU']),
  ...segment('--dtype', ['', 'fp8']),
  ...segment('--format', ['', 'mask,', 'jpeg']),
  ...segment('--output', ['', ' ']),
  ...segment('--model', ['']),
  ...segment('--revision', ['']),
  ...segment('--from', ['']),
  ...segment('--template', ['', 'many']),
  ...segment('--ensemble', ['', 'mean']),
  ...evaluate('--threshold', [...numbers, '2']),
  ...evaluate('--limit', counts),
  ...evaluate('--shots', counts),
  ...evaluate('--worst', [...numbers, '-1', '1.5']),
  ...evaluate('--seed', [...numbers, '-1', '1.5']),
  ...evaluate('--fold', [...numbers, '-1', '1.5']),
  ...evaluate('--support-resolution', [...numbers, '0']),
  ...['', '3,,9', '-1', '1.5', 'a'].map((v) => ['convert', 'a', 'b', `--extract-layers=${v}`]),
])('%j is incorrect usage, and the message names the option', async (...args) => {
  const { code, stderr } = await refused(args);
  const [option] = String(args.at(-1)).split('=');
  expect(code).toBe(2);
  expect(stderr).toContain(`option '`);
  expect(stderr).toContain(option);
  expect(stderr).not.toContain('\u001b');
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it.each([
  [['segment', '-p', 'x'], /missing required argument 'images'.*--from/],
  [['segment', '-p', 'x', ''], /name of an image is empty/],
  [['segment', '-', '--from', '-', '-p', 'x'], /stdin.*not both/],
  [['segment', '--from', devNull, '-p', 'x'], /the list is empty/],
  [['segment', '--from', 'no/list', '-p', 'x'], /--from no\/list cannot be read: ENOENT/],
  [
    ['segment', 'x.png', '--support', 'y', '--support-mask', '1,,3', '-p', 'x'],
    /--support-mask 1,,3/,
  ],
  [['prompts', 'encode', '--from', 'package.json', '-o', './package.json'], /choose another name/],
])('%j is incorrect usage', async (args, message) => {
  const { code, stderr } = await refused(args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});
