import type { ClipSegConfig } from './config.js';
import type { Dtype, GraphName } from './graph.js';

/** The settings of preprocessor_config.json: x = (v * rescaleFactor - mean) / std. */
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
 * A small fixed input with its expected logits. pixel_values is `selfCheckPixels(size)`
 * (normalized, no resize); the prompt is `inputIds`. `logits` contains every `stride`-th value
 * along each axis of the [h, w] logits, row-major.
 */
export interface SelfCheck {
  readonly size: readonly [height: number, width: number];
  readonly inputIds: readonly number[];
  /** The text embedding of `inputIds`, for a check without the text encoder. */
  readonly embedding?: readonly number[];
  readonly stride: number;
  readonly logits: readonly number[];
  /** Largest absolute difference, by the variant's dtype. */
  readonly tolerance: Readonly<Record<Dtype, number>>;
}

/** The content of clipseg.json. */
export interface Manifest {
  readonly formatVersion: 2;
  /** The checkpoint: a name for people, and the sha256 of its weights. */
  readonly source: { readonly name: string; readonly sha256: string };
  readonly config: ClipSegConfig;
  readonly preprocessing: Preprocessing;
  /** File names; absent if the checkpoint has no tokenizer: then text prompts do not work. */
  readonly tokenizer?:
    | { readonly tokenizerJson: string }
    | { readonly vocab: string; readonly merges: string };
  /** The trained table: float32 little-endian, [1 + grid*grid, hiddenSize], class token first. */
  readonly positionEmbedding: { readonly file: string; readonly dims: readonly [number, number] };
  readonly variants: Readonly<Partial<Record<Dtype, ManifestGraphs>>>;
  readonly files: Readonly<Record<string, ManifestFile>>;
  readonly selfCheck?: SelfCheck;
}
