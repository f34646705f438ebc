import type { MaskingStrategy } from '../../contracts/masking-strategy.js';
import { reading } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { isRecord } from '../../util/json.js';
import { fromTable } from '../../util/plugin-table.js';
import { checkSpecification } from '../../util/specification.js';
import { maskingTable } from './masking-table.js';
import { maskingByName } from './modes.js';

function strategyOf(value: unknown): MaskingStrategy {
  if (isRecord(value) && typeof value.apply === 'function') {
    checkSpecification(value, 'masking strategy');
    return value as unknown as MaskingStrategy;
  }
  return fromTable(maskingTable, value, 'masking strategy', undefined);
}

/**
 * Reads the `masking` of a support: a name, strategies, or the JSON of built-in strategies.
 * @throws ClipSegError `invalid-argument`
 */
export function maskingFromJson(masking: unknown): readonly MaskingStrategy[] {
  if (typeof masking === 'string') return maskingByName(masking);
  return reading('masking', () => {
    try {
      return Array.from([masking].flat(), strategyOf);
    } catch (error) {
      if (!ClipSegError.isInstance(error)) throw error;
      throw new ClipSegError(error.code, `masking: ${error.message}`, { cause: error });
    }
  });
}
