/** Placeholder of the public shape; see contracts. */
export interface Segment {
  readonly prompt: string;
  /** float32 [h, w] at model resolution. */
  readonly logits: Float32Array;
  /** Probabilities at source size: logits upsampled bilinearly, then sigmoid. float32 [height, width]. */
  probabilities(): Float32Array;
  /** uint8 0/1 at source size: upsampled probability > threshold (default 0.5). */
  mask(options?: { threshold?: number }): Uint8Array;
}
export interface Segmentation {
  readonly width: number;
  readonly height: number;
  /** Model resolution [h, w]. */
  readonly size: readonly [height: number, width: number];
  readonly segments: readonly Segment[];
  readonly timings: Readonly<Record<string, number>>;
}
