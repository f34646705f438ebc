// A new combination of two words each time, so that caches of embeddings do not help.
const colors =
  'red blue green white black brown small large old new round wet wooden dark left far';
const things = 'cat dog sofa lamp tree car boat bird cup plate door window shoe hat book clock';
let count = 0;

export function newPrompt(): string {
  const [adjectives, nouns] = [colors.split(' '), things.split(' ')];
  return `${adjectives[count % 16]} ${nouns[(count + Math.floor(count++ / 16)) % 16]}`;
}
