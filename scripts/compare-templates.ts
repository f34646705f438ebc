import type { ClipSeg } from '@clipseg/core';
import {
  type Dataset,
  type DatasetFiles,
  type Example,
  evaluate,
  folderDataset,
  markdownTable,
} from '@clipseg/core/evaluation';
import type { TemplatePrompt } from '@clipseg/core/prompts';
import type { ImageInput } from '@clipseg/node';

const ensembles = ['embedding', 'logits', 'maximum'] as const;
const variants: readonly Omit<TemplatePrompt, 'text'>[] = [
  { templates: 'plain' },
  { templates: 'fixed' },
  ...['shuffle', 'shuffle+'].flatMap((templates) =>
    ensembles.map((ensemble) => ({ templates, ensemble })),
  ),
];
const nameOf = ({ templates, ensemble }: Omit<TemplatePrompt, 'text'>) =>
  ensemble ? `${templates}, ${ensemble}` : String(templates);

/** Repeats every text of the scenes with every template; kinds get the template as a suffix. */
function withAllTemplates(files: DatasetFiles<ImageInput>): Dataset<ImageInput> {
  const texts = new Set(['label', 'group', 'absent']);
  return {
    name: files.name,
    async *pictures() {
      for await (const picture of folderDataset(files).pictures()) {
        const examples = picture.examples.filter(({ kind }) => texts.has(kind));
        const withTemplate = (variant: (typeof variants)[number]) =>
          examples.map((one): Example => {
            const { label: text, kind } = one;
            return { ...one, prompt: { text, ...variant }, kind: `${kind}/${nameOf(variant)}` };
          });
        yield { ...picture, examples: variants.flatMap(withTemplate) };
      }
    },
  };
}

/** Makes a table that compares template sets and ensembles with the plain text. */
export async function templatesTable(
  clipSeg: ClipSeg<ImageInput>,
  files: DatasetFiles<ImageInput>,
): Promise<string> {
  const { kinds, examples } = await evaluate(clipSeg, withAllTemplates(files));
  const iou = (kind: string, name: string) =>
    kinds.find((one) => one.kind === `${kind}/${name}`)?.iou.toFixed(3) ?? '';
  const empty = (name: string) => {
    const absent = examples.filter(({ kind }) => kind === `absent/${name}`);
    return `${((100 * absent.filter(({ area }) => area < 0.01).length) / absent.length).toFixed(1)} %`;
  };
  const titles = ['template', 'labels', 'groups', 'absent, empty'];
  const rows = variants
    .map(nameOf)
    .map((name) => [name, iou('label', name), iou('group', name), empty(name)]);
  return markdownTable([titles, ...rows]);
}
