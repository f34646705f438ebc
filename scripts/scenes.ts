import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClipSeg, presence, type Segment } from '@clipseg/core';
import { type CocoRle, decodeCocoRle } from '@clipseg/core/masks';
import type { ImageInput } from '@clipseg/node';

const folder = fileURLToPath(new URL('../fixtures/scenes/', import.meta.url));

/** `label`: what an object is called; `group`: what kind it is; `absent`: nowhere in the scene. */
export type Kind = 'label' | 'group' | 'absent';

export interface Scene {
  readonly image: string;
  readonly size: readonly [height: number, width: number];
  readonly prompts: readonly { text: string; kind: Kind; rle: CocoRle }[];
}

export interface PromptResult {
  readonly image: string;
  readonly text: string;
  readonly kind: Kind;
  /** Whether it is there at all. */
  readonly presence: number;
  /** What the model selects, and what is right: uint8 [height, width]. */
  readonly mask: Uint8Array;
  readonly truth: Uint8Array;
}

export async function readScenes(): Promise<Scene[]> {
  return JSON.parse(await readFile(join(folder, 'annotations.json'), 'utf8'));
}

/** Every prompt of every scene: logits upsampled bilinearly to the source, inside where > 0. */
export async function segmentScenes(
  clipSeg: ClipSeg<ImageInput>,
  scenes: readonly Scene[],
): Promise<PromptResult[]> {
  const results: PromptResult[] = [];
  for (const { image, prompts } of scenes) {
    const path = join(folder, 'images', image);
    const { segments } = await clipSeg.segment(
      path,
      prompts.map(({ text }) => text),
    );
    for (const [i, { text, kind, rle }] of prompts.entries()) {
      const mask = segments[i]?.mask({ threshold: 0.5 }) as Uint8Array;
      const { score } = presence(segments[i] as Segment);
      results.push({ image, text, kind, presence: score, mask, truth: decodeCocoRle(rle) });
    }
  }
  return results;
}

/** Pixels in both masks, and in either. */
export function overlap(a: Uint8Array, b: Uint8Array): { both: number; either: number } {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    both += (a[i] as number) & (b[i] as number);
    either += (a[i] as number) | (b[i] as number);
  }
  return { both, either };
}

/** Intersection over union; two empty masks agree. */
export function iou(a: Uint8Array, b: Uint8Array): number {
  const { both, either } = overlap(a, b);
  return either ? both / either : 1;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export interface Quality {
  /** Mean IoU over the prompts of the kind. */
  readonly label: number;
  readonly group: number;
  /** Share of the absent prompts that select less than 1 % of the pixels. */
  readonly absent: number;
}

export function quality(results: readonly PromptResult[]): Quality {
  const meanIou = (wanted: Kind) =>
    mean(results.filter((r) => r.kind === wanted).map(({ mask, truth }) => iou(mask, truth)));
  const absent = results.filter(({ kind }) => kind === 'absent');
  const left = absent.filter(({ mask }) => mean([...mask]) < 0.01);
  return {
    label: meanIou('label'),
    group: meanIou('group'),
    absent: left.length / absent.length,
  };
}

export interface Agreement {
  /** Mean of the IoU of each pair of masks, two empty ones counting 1. */
  readonly perPrompt: number;
  /** Pixels that both select over pixels that either does, over all prompts together. */
  readonly pooled: number;
  /** Share of all pixels on which the masks agree. */
  readonly pixels: number;
}

export function agreement(a: readonly PromptResult[], b: readonly PromptResult[]): Agreement {
  const pairs = a.map((result, i) => overlap(result.mask, (b[i] as PromptResult).mask));
  const sum = (key: 'both' | 'either') => pairs.reduce((total, pair) => total + pair[key], 0);
  const count = a.reduce((total, { mask }) => total + mask.length, 0);
  return {
    perPrompt: mean(pairs.map(({ both, either }) => (either ? both / either : 1))),
    pooled: sum('both') / sum('either'),
    pixels: 1 - (sum('either') - sum('both')) / count,
  };
}

/** How often a present one scores above an absent one; a tie counts half. */
export function auroc(present: readonly number[], absent: readonly number[]): number {
  const wins = present.map((a) => mean(absent.map((b) => (a > b ? 1 : a === b ? 0.5 : 0))));
  return mean(wins);
}

export interface OperatingPoint {
  readonly threshold: number;
  /** Share of the present ones that are called absent, and of the absent called present. */
  readonly missed: number;
  readonly imagined: number;
}

export const operatingPoint = (
  present: readonly number[],
  absent: readonly number[],
  threshold: number,
): OperatingPoint => ({
  threshold,
  missed: present.filter((score) => score <= threshold).length / present.length,
  imagined: absent.filter((score) => score > threshold).length / absent.length,
});

/** Where the two error rates together are smallest. */
export function bestPoint(present: readonly number[], absent: readonly number[]): OperatingPoint {
  const points = [...present, ...absent].map((t) => operatingPoint(present, absent, t));
  return points.reduce((a, b) => (b.missed + b.imagined < a.missed + a.imagined ? b : a));
}
