import { type Weight, type Weights, weightsOf } from './weights.js';

// Training often saves a wrapper of the model, which adds a prefix to every key: DataParallel
// `module.`, Lightning `model.`, torch.compile `_orig_mod.`, an app the name of its attribute.

/** Starts of the keys without a prefix. */
export const roots = {
  clipSeg:
    /^(?:clip\.(?:text_model|vision_model|visual_projection|text_projection|logit_scale)|decoder\.(?:film_mul|film_add|reduces|layers|transposed_convolution))(?:\.|$)/,
  clip: /^(?:text_model|vision_model|visual_projection|text_projection|logit_scale)(?:\.|$)/,
  originalDecoder: /^(?:film_mul|film_add|reduces|blocks|trans_conv)\./,
} as const;

const MOST_PARTS = 8;
const COMPILED = /(?:^|(?<=\.))_orig_mod\./g;

/** Returns the part of a key before `root`; undefined if `root` does not match. */
function before(name: string, root: RegExp): string | undefined {
  let at = 0;
  for (let i = 0; i < MOST_PARTS; i++) {
    if (root.test(name.slice(at))) return name.slice(0, at);
    const dot = name.indexOf('.', at);
    if (dot < 0) return undefined;
    at = dot + 1;
  }
  return undefined;
}

function commonPrefix(names: readonly string[], root: RegExp): string {
  const found = new Set<string>();
  for (const name of names) {
    const prefix = before(name, root);
    if (prefix !== undefined) found.add(prefix);
  }
  const [only = ''] = found;
  return found.size === 1 ? only : '';
}

/**
 * Removes the prefix that all keys share, and the `_orig_mod` of torch.compile anywhere. Keys that
 * do not belong to the model are unchanged.
 * @param onWarning called once with the removed prefix
 */
export function withoutPrefix(
  weights: Weights,
  root: RegExp,
  onWarning?: (message: string) => void,
): Weights {
  const compiled = weights.names.filter((name) => name.search(COMPILED) >= 0).length;
  const plain = (name: string) => name.replace(COMPILED, '');
  const prefix = commonPrefix(weights.names.map(plain), root);
  // A CLIPSeg given as the CLIP for a decoder: `clip.` is part of its keys.
  if (root === roots.clip && /(?:^|\.)clip\.$/.test(prefix)) return weights;
  if (prefix === '' && compiled === 0) return weights;
  const cut = (name: string): string => {
    const short = plain(name);
    return short.startsWith(prefix) ? short.slice(prefix.length) : short;
  };
  const list = weights.names.map((name): Weight => ({ ...weights.get(name), name: cut(name) }));
  const taken = [prefix, compiled ? '_orig_mod.' : ''].filter((part) => part !== '');
  const result = weightsOf(list, () => weights.close());
  onWarning?.(
    `The keys of the weights start with ${taken.map((part) => `"${part}"`).join(' and ')}, which ` +
      'training wrappers (DataParallel, Lightning, torch.compile) add. It is removed.',
  );
  return result;
}
