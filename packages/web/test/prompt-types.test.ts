import type { PromptStrategy } from '@clipseg/core/prompts';
import { and, type createClipSeg, image, mix } from '@clipseg/web';
import { expectTypeOf, it } from 'vitest';

interface Swatch {
  readonly swatch: 'red' | 'green';
}

it('types prompts by the strategies, and image prompts by what a browser can decode', () => {
  const types = async (create: typeof createClipSeg, swatch: PromptStrategy<Swatch>) => {
    const clipSeg = await create({ strategies: [swatch], worker: false });
    const photo = new Blob();
    await clipSeg.segment(photo, [image(photo), mix('cat', { swatch: 'red' })]);
    // @ts-expect-error a number is not an image
    await clipSeg.segment(photo, image(5));
    // @ts-expect-error a typing error
    await clipSeg.segment(photo, and('cat', { swtach: 'red' }));
    const plain = await create();
    // @ts-expect-error no strategy takes it
    await plain.segment(photo, { swatch: 'red' });
    const named = await create<Swatch>({ worker: () => new Worker('/my-worker.js') });
    await named.segment(photo, { swatch: 'red' });
    return { clipSeg, named };
  };
  type Types = Awaited<ReturnType<typeof types>>;
  expectTypeOf<Types['clipSeg']>().toEqualTypeOf<Types['named']>();
});
