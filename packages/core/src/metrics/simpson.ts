/**
 * Integrates with Simpson's rule over points that need not be evenly spaced, as
 * scipy.integrate.simpson does: a last odd interval uses the parabola through the last three
 * points.
 */
export function simpson(y: readonly number[], x: readonly number[]): number {
  const count = y.length;
  if (count < 2) return 0;
  const at = (list: readonly number[], i: number): number => list[i]!;
  if (count === 2) return ((at(x, 1) - at(x, 0)) * (at(y, 0) + at(y, 1))) / 2;
  let sum = 0;
  for (let i = 0; i + 2 < count; i += 2) {
    const [a, b] = [at(x, i + 1) - at(x, i), at(x, i + 2) - at(x, i + 1)];
    if (a === 0 || b === 0) {
      sum += ((a + b) * (at(y, i) + at(y, i + 2))) / 2; // two recalls coincide
      continue;
    }
    const first = at(y, i) * (2 - b / a);
    const middle = (at(y, i + 1) * (a + b) ** 2) / (a * b);
    sum += ((a + b) / 6) * (first + middle + at(y, i + 2) * (2 - a / b));
  }
  if (count % 2 === 1) return sum;
  const [a, b] = [at(x, count - 2) - at(x, count - 3), at(x, count - 1) - at(x, count - 2)];
  const last = (2 * b ** 2 + 3 * a * b) / (6 * (a + b));
  const before = (b ** 2 + 3 * a * b) / (6 * a);
  const earlier = b ** 3 / (6 * a * (a + b));
  return sum + last * at(y, count - 1) + before * at(y, count - 2) - earlier * at(y, count - 3);
}
