export * from '../metrics/index.js';
export { type CalibrateOptions, type Calibration, calibrate } from './calibrate.js';
export type { Dataset, DatasetFiles, Example, Picture, Truth } from './dataset.js';
export { type CocoOptions, coco20i, cocoDataset, type FoldOptions } from './datasets/coco.js';
export type { FewShotOptions } from './datasets/few-shot.js';
export { folderDataset } from './datasets/folder.js';
export type { PromptOptions } from './datasets/options.js';
export { type Pascal5iOptions, pascal5i, pascalClasses } from './datasets/pascal-5i.js';
export { type PhraseCutOptions, phraseCut } from './datasets/phrase-cut.js';
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
} from './evaluate.js';
export type { ExampleResult, ExampleScores } from './example-result.js';
export { evaluationHtml, type ReportOptions, type ReportPicture } from './report-html.js';
export { evaluationRows, evaluationTable, markdownTable } from './report-table.js';
export type { CategoryScores, KindScores, OriginalCurve, OriginalScores } from './tally.js';
