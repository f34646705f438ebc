// Shared by the adapters and the converter. Not for users: it changes without notice.
export { decodeLimits, type InTimeOptions, inTime } from '../image/decode-limits.js';
export { isHubId } from '../model/hub-id.js';
export { checkLfsPointer } from '../model/lfs-pointer.js';
export { checkThreshold } from '../segmentation/segmentation.js';
export { checkOptions } from '../util/check.js';
export { throwIfAborted } from '../util/errors.js';
export { once } from '../util/once.js';
export { seededRandom } from '../util/seeded-random.js';
export { showReason, showValue } from '../util/show-value.js';
export { checkSpecification } from '../util/specification.js';
