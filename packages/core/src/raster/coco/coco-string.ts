import { ClipSegError } from '../../util/errors.js';
import { showValue } from '../../util/show-value.js';

// pycocotools' text for run lengths: each is a signed number in groups of five bits, least
// significant first, one printable character per group (code 48 and up), with bit 5 set if more
// groups follow. From the fourth on, the number is the difference to the length two before.

const CONTINUES = 32;
const SIGN = 16;
/** Seven groups are enough for every length in an image; more would overflow. */
const MAX_GROUPS = 7;

export function compressRuns(runs: readonly number[]): string {
  const codes: number[] = [];
  let text = '';
  for (let i = 0; i < runs.length; i++) {
    let rest = runs[i]! - (i > 2 ? runs[i - 2]! : 0);
    for (let more = true; more; ) {
      const group = rest & 31;
      rest >>= 5;
      // Done when the remaining bits equal the sign of this group.
      more = group & SIGN ? rest !== -1 : rest !== 0;
      codes.push((more ? group | CONTINUES : group) + 48);
    }
    if (codes.length > 4096) text += String.fromCharCode(...codes.splice(0));
  }
  return text + String.fromCharCode(...codes);
}

/** @throws ClipSegError `invalid-argument` */
export function expandRuns(text: string): number[] {
  const fail = (what: string): never => {
    throw new ClipSegError('invalid-argument', `The COCO RLE ${what}.`);
  };
  const runs: number[] = [];
  let [value, groups] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) - 48;
    if (!(code >= 0 && code < 64)) fail(`holds ${showValue(text[i])} at ${i + 1}`);
    value += (code & 31) * 32 ** groups++;
    if (groups > MAX_GROUPS) fail(`has too long a number before ${i + 1}`);
    if (code & CONTINUES) continue;
    if (code & SIGN) value -= 32 ** groups;
    runs.push(runs.length > 2 ? value + runs[runs.length - 2]! : value);
    [value, groups] = [0, 0];
  }
  if (groups > 0) fail('ends inside a number');
  return runs;
}
