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
const ways: readonly Omit<TemplatePrompt, 'text'>[] = [
  { templates: 'plain' },
  { templates: 'fixed' },
  ...['shuffle', 'shuffle+'].flatMap((templates) =>
    ensembles.map((ensemble) => ({ templates, ensemble })),
  ),
];
const nameOf = ({ templates, ensemble }: Omit<TemplatePrompt, 'text'>) =>
  ensemble ? `${templates}, ${ensemble}` : String(templates);

/** Every text of the scenes in every way; the ways are the kinds' suffixes. */
function inAllWays(files: DatasetFiles<ImageInput>): Dataset<ImageInput> {
  const texts = new Set(['label', 'group', 'absent']);
  return {
    name: files.name,
    async *pictures() {
      for await (const picture of folderDataset(files).pictures()) {
        const examples = picture.examples.filter(({ kind }) => texts.has(kind));
        const ofWay = (way: (typeof ways)[number]) =>
          examples.map((one): Example => {
            const { label: text, kind } = one;
            return { ...one, prompt: { text, ...way }, kind: `${kind}/${nameOf(way)}` };
          });
        yield { ...picture, examples: ways.flatMap(ofWay) };
      }
    },
  };
}

/** What template sets and ensembles of them gain over the plain text. */
export async function phrasingsTable(
  clipSeg: ClipSeg<ImageInput>,
  files: DatasetFiles<ImageInput>,
): Promise<string> {
  const { kinds, examples } = await evaluate(clipSeg, inAllWays(files));
  const iou = (kind: string, name: string) =>
    kinds.find((one) => one.kind === `${kind}/${name}`)?.iou.toFixed(3) ?? '';
  const empty = (name: string) => {
    const own = examples.filter(({ kind }) => kind === `absent/${name}`);
    return `${((100 * own.filter(({ area }) => area < 0.01).length) / own.length).toFixed(1)} %`;
  };
  const titles = ['phrasing', 'labels', 'groups', 'absent, empty'];
  const rows = ways
    .map(nameOf)
    .map((name) => [name, iou('label', name), iou('group', name), empty(name)]);
  return markdownTable([titles, ...rows]);
}
