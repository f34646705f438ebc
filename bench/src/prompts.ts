// Two words that were never together before: no cache of embeddings helps anyone.
const colors =
  'red blue green white black brown small large old new round wet wooden dark left far';
const things = 'cat dog sofa lamp tree car boat bird cup plate door window shoe hat book clock';
let asked = 0;

export function newPrompt(): string {
  const [adjectives, nouns] = [colors.split(' '), things.split(' ')];
  return `${adjectives[asked % 16]} ${nouns[(asked + Math.floor(asked++ / 16)) % 16]}`;
}
