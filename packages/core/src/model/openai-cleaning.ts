import { decodeHTML } from 'entities/decode';

// Cleans a text as OpenAI's CLIP does before its tokenizer (simple_tokenizer.py, basic_clean and
// whitespace_clean): ftfy.fix_text, html.unescape twice, white space as single spaces, lower case.
// One step of ftfy is missing: the repair of text that was decoded with the wrong encoding
// ("mojibake", `fix_encoding`).

const LIGATURES = /[\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06]/g;
const WIDTHS = /[\u3000\uff01-\uffef]/g;
const C1 = /[\u0080-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const TERMINAL = /\u001b\[[\d;]*[A-Za-z]/g;
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  /[\u0000-\u0008\u000b\u000e-\u001f\u007f\u206a-\u206f\ufeff\ufff9-\ufffc]/g;

const folded = (character: string): string => character.normalize('NFKC');

/**
 * ftfy also reads entities of small letters in capitals, unless that is the name of another entity:
 * `&NTILDE;` is a capital ñ.
 */
const capitals = (text: string): string =>
  text.replace(/&[A-Z0-9]{1,24};/g, (entity) => {
    if (decodeHTML(entity) !== entity) return entity;
    const small = entity.toLowerCase();
    const character = decodeHTML(small);
    return character === small ? entity : character.toUpperCase();
  });

/** Does all of ftfy.fix_text but `fix_encoding`. */
function fixText(text: string): string {
  const plain = text.includes('<') ? text : decodeHTML(capitals(text));
  return plain
    .replace(TERMINAL, '')
    .replace(C1, (character) => decodeHTML(`&#${character.charCodeAt(0)};`)) // as Windows-1252
    .replace(LIGATURES, folded)
    .replace(WIDTHS, folded)
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/\r\n|[\r\u2028\u2029\u0085]/g, '\n')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(CONTROLS, '')
    .normalize('NFC');
}

/** Returns the text that OpenAI's CLIP tokenizes, in lower case. */
export const openAiCleaning = (text: string): string =>
  decodeHTML(decodeHTML(fixText(text)))
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
