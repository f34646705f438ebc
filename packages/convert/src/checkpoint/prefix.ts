import { type Weight, type Weights, weightsOf } from './weights.js';

// Training wraps a model and saves the wrapper: DataParallel puts `module.` before every key,
// Lightning `model.`, torch.compile `_orig_mod.`, an app the name of its attribute.

/** What the keys begin with when nothing stands before them. */
export const beginnings = {
  clipSeg:
    /^(?:clip\.(?:text_model|vision_model|visual_projection|text_projection|logit_scale)|decoder\.(?:film_mul|film_add|reduces|layers|transposed_convolution))(?:\.|$)/,
  clip: /^(?:text_model|vision_model|visual_projection|text_projection|logit_scale)(?:\.|$)/,
  originalDecoder: /^(?:film_mul|film_add|reduces|blocks|trans_conv)\./,
} as const;

const MOST_PARTS = 8;
const COMPILED = /(?:^|(?<=\.))_orig_mod\./g;

/** What stands before `begin` in a key; undefined where `begin` does not come. */
function before(name: string, begin: RegExp): string | undefined {
  let at = 0;
  for (let i = 0; i < MOST_PARTS; i++) {
    if (begin.test(name.slice(at))) return name.slice(0, at);
    const dot = name.indexOf('.', at);
    if (dot < 0) return undefined;
    at = dot + 1;
  }
  return undefined;
}

function commonPrefix(names: readonly string[], begin: RegExp): string {
  const found = new Set<string>();
  for (const name of names) {
    const prefix = before(name, begin);
    if (prefix !== undefined) found.add(prefix);
  }
  const [only = ''] = found;
  return found.size === 1 ? only : '';
}

/**
 * The weights without the one prefix that all keys share, and without the `_orig_mod` of
 * torch.compile wherever it stands. Keys that are no part of the model keep theirs.
 * @param onWarning is told once what was taken off
 */
export function withoutPrefix(
  weights: Weights,
  begin: RegExp,
  onWarning?: (message: string) => void,
): Weights {
  const compiled = weights.names.filter((name) => name.search(COMPILED) >= 0).length;
  const plain = (name: string) => name.replace(COMPILED, '');
  const prefix = commonPrefix(weights.names.map(plain), begin);
  // A CLIPSeg given as the CLIP below a decoder: `clip.` is a part of it.
  if (begin === beginnings.clip && /(?:^|\.)clip\.$/.test(prefix)) return weights;
  if (prefix === '' && compiled === 0) return weights;
  const cut = (name: string): string => {
    const short = plain(name);
    return short.startsWith(prefix) ? short.slice(prefix.length) : short;
  };
  const list = weights.names.map((name): Weight => ({ ...weights.get(name), name: cut(name) }));
  const taken = [prefix, compiled ? '_orig_mod.' : ''].filter((part) => part !== '');
  const result = weightsOf(list, () => weights.close());
  onWarning?.(
    `The keys of the weights begin with ${taken.map((part) => `"${part}"`).join(' and ')}, as ` +
      'wrappers of training (DataParallel, Lightning, torch.compile) add it: it is left out.',
  );
  return result;
}
