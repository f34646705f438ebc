import breakfast from '../../images/breakfast.png';
import holiday from '../../images/holiday.png';
import meadow from '../../images/meadow.png';

/** An image to segment, or to use as an example. */
export interface NamedImage {
  /** Used in file names and in the user interface. */
  readonly name: string;
  readonly source: string | Blob;
}

export interface Sample extends NamedImage {
  /** The initial prompts. */
  readonly prompts: readonly string[];
  readonly suggestions: readonly string[];
}

/** Images of objects that the embedded model knows. */
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
