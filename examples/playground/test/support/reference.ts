import {
  type ClipSeg,
  createClipSeg,
  decodeImage,
  type ImageInput,
  type Prompt,
  type Segmentation,
} from '@clipseg/node';
import { postprocess } from '@clipseg/node/postprocess';
import { pipelineOf, standardSettings } from '../../src/mask-settings.js';

let clipSeg: Promise<ClipSeg<ImageInput>> | undefined;

/** Computes the same on Node.js: the segmentation, and the masks with the standard settings. */
export async function reference(file: string, prompts: readonly Prompt[]) {
  clipSeg ??= createClipSeg({ dtype: 'int8' });
  const image = await decodeImage(file);
  const segmentation: Segmentation = await (await clipSeg).segment(image, prompts);
  const { segments } = postprocess(segmentation, pipelineOf(standardSettings), { image });
  return { image, segmentation, segments };
}

export const disposeReference = async (): Promise<void> => (await clipSeg)?.dispose();
