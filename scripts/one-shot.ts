import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crop, darken } from '@clipseg/core/masking';
import { decodeCocoRle } from '@clipseg/core/masks';
import { type ClipSeg, decodeImage, type ImageInput, type Support } from '@clipseg/node';
import { iou, mean, type Scene } from './scenes.js';

const images = fileURLToPath(new URL('../fixtures/scenes/images/', import.meta.url));

interface Thing {
  readonly image: string;
  readonly text: string;
  readonly mask: Uint8Array;
}

/** Mean IoU over the labels that another scene shows too. */
export interface OneShot {
  readonly count: number;
  /** By a support of the same object, of another object, by its label, by both mixed equally. */
  readonly image: number;
  readonly wrong: number;
  readonly label: number;
  readonly mix: number;
}

/** The model card's support: cropped with 15 % context, background at 10 %, 128 x 128. */
const supportOf = ({ image, mask }: Thing): Support => ({
  image: join(images, image),
  region: { mask },
  masking: [crop({ context: 0.15 }), darken()],
  size: 128,
});

export async function oneShot(
  clipSeg: ClipSeg<ImageInput>,
  scenes: readonly Scene[],
): Promise<OneShot> {
  const things: Thing[] = scenes.flatMap(({ image, prompts }) =>
    prompts
      .filter(({ kind }) => kind === 'label')
      .map(({ text, rle }) => ({ image, text, mask: decodeCocoRle(rle) })),
  );
  const scores = {
    image: [] as number[],
    wrong: [] as number[],
    label: [] as number[],
    mix: [] as number[],
  };
  for (const [i, thing] of things.entries()) {
    const elsewhere = [...things.slice(i + 1), ...things.slice(0, i)].filter(
      (other) => other.image !== thing.image,
    );
    const same = elsewhere.find((other) => other.text === thing.text);
    const wrong = elsewhere.find((other) => other.text !== thing.text);
    if (!same || !wrong) continue;
    const picture = await decodeImage(join(images, thing.image));
    const [shown, other] = [supportOf(same), supportOf(wrong)];
    const prompts = [shown, other, thing.text, { mix: [thing.text, shown] }];
    const { segments } = await clipSeg.segment(picture, prompts);
    for (const [k, key] of (['image', 'wrong', 'label', 'mix'] as const).entries()) {
      scores[key].push(iou(segments[k]?.mask() as Uint8Array, thing.mask));
    }
  }
  const { image, wrong, label, mix } = scores;
  return {
    count: image.length,
    ...{ image: mean(image), wrong: mean(wrong), label: mean(label), mix: mean(mix) },
  };
}
