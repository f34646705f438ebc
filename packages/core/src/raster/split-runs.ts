import { basinsOf } from './basins.js';
import { distances } from './distance.js';
import type { LabelledRuns } from './label-runs.js';
import { listOf, type Runs } from './runs.js';

/** Largest side of the mask on which distances are measured: cuts need not be finer. */
const MAX_PIXELS = 2 ** 20;

/** The basins of a reduced mask, looked up by source pixels. */
interface Basins {
  /** Returns the basin of a pixel, -1 if none is near. */
  at(x: number, y: number): number;
  /** Returns the first column after x that may have another basin. */
  next(x: number): number;
}

function basinsAtSource(mask: Uint8Array, { width, height }: Runs, neck: number): Basins {
  const scale = Math.max(1, Math.sqrt((width * height) / MAX_PIXELS));
  const small = { width: Math.ceil(width / scale), height: Math.ceil(height / scale) };
  const middles = (length: number, count: number) =>
    Int32Array.from({ length: count }, (_, i) =>
      Math.min(length - 1, Math.floor((i + 0.5) * scale)),
    );
  const [columns, rows] = [middles(width, small.width), middles(height, small.height)];
  const reduced = new Uint8Array(small.width * small.height);
  for (let i = 0; i < reduced.length; i++) {
    const y = rows[Math.floor(i / small.width)]!;
    reduced[i] = mask[y * width + columns[i % small.width]!]!;
  }
  const basins = basinsOf(distances(reduced, small, { to: 'outside' }), small, neck);
  return {
    at(x, y) {
      const [u, v] = [Math.floor(x / scale), Math.floor(y / scale)];
      const own = basins[v * small.width + u]!;
      if (own >= 0) return own;
      // The center of the block is outside: use a neighboring block.
      for (let b = Math.max(0, v - 1); b <= Math.min(small.height - 1, v + 1); b++) {
        for (let a = Math.max(0, u - 1); a <= Math.min(small.width - 1, u + 1); a++) {
          const near = basins[b * small.width + a]!;
          if (near >= 0) return near;
        }
      }
      return -1;
    },
    next: (x) => Math.max(x + 1, Math.ceil((Math.floor(x / scale) + 1) * scale)),
  };
}

/**
 * Splits parts at narrow necks.
 * @param neck width at which a neck is cut, as a share of the smaller side's width, 0..1
 */
export function splitRuns(
  { runs, labels }: LabelledRuns,
  mask: Uint8Array,
  neck: number,
): LabelledRuns {
  const { width, height } = runs;
  const basins = basinsAtSource(mask, runs, neck);
  const [starts, ends, newLabels] = [listOf(), listOf(), listOf()];
  const rows = new Int32Array(height + 1);
  const known = new Map<string, number>();
  const labelOf = (part: number, basin: number): number => {
    const key = `${part}/${basin}`;
    const label = known.get(key) ?? known.size;
    known.set(key, label);
    return label;
  };
  const lastBasin = new Map<number, number>();
  for (let y = 0; y < height; y++) {
    for (let run = runs.rows[y]!; run < runs.rows[y + 1]!; run++) {
      const part = labels[run]!;
      const [first, end] = [runs.starts[run]!, runs.ends[run]!];
      let [start, basin] = [first, -2];
      for (let x = first; x < end; x = basins.next(x)) {
        const found = basins.at(x, y);
        // If no basin is near, continue the part's last one.
        const now = found >= 0 ? found : basin >= 0 ? basin : (lastBasin.get(part) ?? -1);
        if (now !== basin && x > first) {
          starts.push(start);
          ends.push(x);
          newLabels.push(labelOf(part, basin));
          start = x;
        }
        basin = now;
      }
      lastBasin.set(part, basin);
      starts.push(start);
      ends.push(end);
      newLabels.push(labelOf(part, basin));
    }
    rows[y + 1] = starts.count;
  }
  const split = { width, height, rows, starts: starts.all(), ends: ends.all() };
  return { runs: split, labels: newLabels.all(), count: known.size };
}
