import { parsePrompt } from '@clipseg/node';
import { HttpError } from './errors.mjs';

const badUrl = () => new HttpError(400, 'bad-url', 'The URL cannot be read.');

/** Parses a request's URL. `//[` and similar are invalid, and so are names of other hosts. */
export function urlOf({ url }) {
  if (!/^(\/(?!\/)|https?:\/\/)/i.test(url)) throw badUrl();
  try {
    decodeURIComponent(url); // throws for an invalid percent sign
    return new URL(url, 'http://server');
  } catch {
    throw badUrl();
  }
}

/** Rejects unsupported content by the headers, before a byte of the body is read. */
export function checkHeaders({ headers }) {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  const refuse = (message) => new HttpError(415, 'unsupported', message);
  if (encoding !== 'identity') throw refuse('Send the image without content-encoding.');
  if (/^multipart\//i.test(type)) throw refuse('Send the image itself as the body, not a form.');
  if (/svg/i.test(type)) throw refuse('SVG is not accepted; send PNG, JPEG or WebP.');
}

/** Counts a prompt's texts, each of which costs a run of the text encoder and the decoder. */
function countTexts(prompt) {
  if (typeof prompt === 'string') return 1;
  const walk = ({ terms = [] }) =>
    Math.max(
      1,
      terms.reduce((sum, term) => sum + walk(term), 0),
    );
  return walk(prompt.compose);
}

/** Reads the prompt and the threshold from the query. */
export function readQuery({ searchParams }, { promptLength, promptTexts }) {
  const invalid = (message) => new HttpError(422, 'invalid-prompt', message);
  const texts = searchParams.getAll('prompt');
  if (texts.length > 1) throw invalid('Send only one prompt; combine several with OR.');
  const [text = ''] = texts;
  if (text.trim() === '') throw invalid('The prompt is empty.');
  if (text.length > promptLength) {
    throw invalid(`The prompt is longer than ${promptLength} characters.`);
  }
  const prompt = parsePrompt(text);
  if (countTexts(prompt) > promptTexts) {
    throw invalid(`The prompt combines more than ${promptTexts} texts.`);
  }
  const value = searchParams.get('threshold') ?? '0.5';
  const threshold = /^[\d.]+$/.test(value) ? Number(value) : Number.NaN;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new HttpError(422, 'invalid-threshold', 'The threshold must be a number from 0 to 1.');
  }
  return { prompt, threshold };
}
