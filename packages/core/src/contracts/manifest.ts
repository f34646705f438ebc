import type { ClipSegConfig } from './config.js';
import type { Dtype, GraphName } from './graph.js';

/** preprocessor_config.json, as the engine uses it: x = (v * rescaleFactor - mean) / std. */
export interface Preprocessing {
  /** Model resolution in pixels. */
  readonly size: readonly [height: number, width: number];
  readonly resample: 'bilinear' | 'bicubic';
  readonly rescaleFactor: number;
  readonly imageMean: readonly [number, number, number];
  readonly imageStd: readonly [number, number, number];
}

export interface ManifestFile {
  readonly size: number;
  readonly sha256: string;
}

/** The four graphs of one variant: file names inside the folder. */
export type ManifestGraphs = Readonly<Record<GraphName, string>>;

/**
 * A fixed small input with its expected logits. pixel_values is
 * `selfCheckPixels(size)` (normalised values, no resize); the prompt is `inputIds`.
 * `logits` holds every `stride`-th value of each axis of the [h, w] logits, row-major.
 */
export interface SelfCheck {
  readonly size: readonly [height: number, width: number];
  readonly inputIds: readonly number[];
  /** What the text encoder makes of them: for a check without it. */
  readonly embedding?: readonly number[];
  readonly stride: number;
  readonly logits: readonly number[];
  /** Largest absolute difference allowed, per dtype of the variant in use. */
  readonly tolerance: Readonly<Record<Dtype, number>>;
}

/** clipseg.json */
export interface Manifest {
  readonly formatVersion: 2;
  /** The checkpoint: a name for people, and the sha256 of its weights file(s). */
  readonly source: { readonly name: string; readonly sha256: string };
  readonly config: ClipSegConfig;
  readonly preprocessing: Preprocessing;
  /** File names; absent when the checkpoint brought none (then only embedding prompts work). */
  readonly tokenizer?:
    | { readonly tokenizerJson: string }
    | { readonly vocab: string; readonly merges: string };
  /** The trained table, float32 little-endian, dims [1 + grid*grid, hiddenSize]; CLS row first. */
  readonly positionEmbedding: { readonly file: string; readonly dims: readonly [number, number] };
  readonly variants: Readonly<Partial<Record<Dtype, ManifestGraphs>>>;
  readonly files: Readonly<Record<string, ManifestFile>>;
  readonly selfCheck?: SelfCheck;
}
