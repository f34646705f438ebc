import breakfast from '../../images/breakfast.png';
import holiday from '../../images/holiday.png';
import meadow from '../../images/meadow.png';

/** What is segmented, or shows an example. */
export interface Picture {
  /** For file names and for people. */
  readonly name: string;
  readonly source: string | Blob;
}

export interface Sample extends Picture {
  /** What is asked first. */
  readonly prompts: readonly string[];
  readonly suggestions: readonly string[];
}

/** Made of objects that the embedded model knows. */
export const samples: readonly [Sample, ...Sample[]] = [
  {
    name: 'meadow',
    source: meadow,
    prompts: ['cow', 'dog', 'sunflower'],
    suggestions: ['balloon', 'butterfly', 'animal', 'animal AND NOT dog', 'something red'],
  },
  {
    name: 'breakfast',
    source: breakfast,
    prompts: ['blueberries', 'croissant', 'hot beverage'],
    suggestions: ['watermelon', 'kiwi fruit', 'fruit', 'fruit AND NOT kiwi fruit'],
  },
  {
    name: 'holiday',
    source: holiday,
    prompts: ['bus', 'tent', 'tropical fish'],
    suggestions: [
      'turtle',
      'balloon',
      'animal',
      'vehicle OR tent',
      '(tropical fish OR turtle){+4}',
    ],
  },
];
