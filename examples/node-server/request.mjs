import { parsePrompt } from '@clipseg/node';
import { HttpError } from './errors.mjs';

const badUrl = () => new HttpError(400, 'bad-url', 'The URL cannot be read.');

/**
 * Where a request goes. `//[` and its like are no URLs, and nobody here has another host's name.
 */
export function urlOf({ url }) {
  if (!/^(\/(?!\/)|https?:\/\/)/i.test(url)) throw badUrl();
  try {
    decodeURIComponent(url); // throws for a percent sign that encodes nothing
    return new URL(url, 'http://server');
  } catch {
    throw badUrl();
  }
}

/** Refuses by the headers what is no picture, before a byte of it is read. */
export function checkHeaders({ headers }) {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  const refuse = (message) => new HttpError(415, 'unsupported', message);
  if (encoding !== 'identity') throw refuse('Send the picture without content-encoding.');
  if (/^multipart\//i.test(type)) throw refuse('Send the picture itself as the body, not a form.');
  if (/svg/i.test(type)) throw refuse('SVG is not accepted; send PNG, JPEG or WebP.');
}

/** How many texts a prompt is made of: each is work for the text encoder and the decoder. */
function countTexts(prompt) {
  if (typeof prompt === 'string') return 1;
  const walk = ({ terms = [] }) =>
    Math.max(
      1,
      terms.reduce((sum, term) => sum + walk(term), 0),
    );
  return walk(prompt.compose);
}

/** The query's prompt and threshold. */
export function readQuery({ searchParams }, { promptLength, promptTexts }) {
  const invalid = (message) => new HttpError(422, 'invalid-prompt', message);
  const texts = searchParams.getAll('prompt');
  if (texts.length > 1) throw invalid('There may be one prompt; combine several with OR.');
  const [text = ''] = texts;
  if (text.trim() === '') throw invalid('The prompt is empty.');
  if (text.length > promptLength) {
    throw invalid(`The prompt is longer than ${promptLength} characters.`);
  }
  const prompt = parsePrompt(text);
  if (countTexts(prompt) > promptTexts) {
    throw invalid(`The prompt combines more than ${promptTexts} texts.`);
  }
  const asked = searchParams.get('threshold') ?? '0.5';
  const threshold = /^[\d.]+$/.test(asked) ? Number(asked) : Number.NaN;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new HttpError(422, 'invalid-threshold', 'The threshold is a number from 0 to 1.');
  }
  return { prompt, threshold };
}
