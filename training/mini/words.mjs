// Writes the words that training may have shown the text encoder, from the same data as sprites.mjs and the lists in
// scenes.py:  node words.mjs ../../packages/mini/src/words.ts      (the packages of sprites.mjs must be installed)
import fs from 'node:fs'; import path from 'node:path'; import { createRequire } from 'node:module';
const require = createRequire(path.join(process.cwd(), 'x.js')), OUT = process.argv[2];
const python = fs.readFileSync(new URL('./scenes.py', import.meta.url), 'utf8');
const strings = (text) => [...text.matchAll(/'([^']*)'/g)].map(([, s]) => s);
const between = (from, to) => python.split(from)[1].split(to)[0];
const KEPT = new Set(strings(between('KEPT = {', '}\n'))), DROPPED = new Set(between('DROPPED = set("""', '"""').replaceAll('\n', '').split('|'));
const GROUP_WORDS = Object.fromEntries([...between('GROUP_WORDS = {', '}\nTEMPLATES').matchAll(/'([^']+)': \[([^\]]*)\]/g)].map(([, k, v]) => [k, strings(v)]));
const TEMPLATES = strings(between('TEMPLATES = [', ']\nCOLOURS')), COLOURS = [...Object.keys(Object.fromEntries([...between('COLOURS = {', '}\n').matchAll(/'(\w+)':/g)].map(([, k]) => [k, 1]))), 'black', 'white'];
const data = require('emojibase-data/en/data.json'), messages = require('emojibase-data/en/messages.json');
const SUBGROUP = {}; for (const s of messages.subgroups) SUBGROUP[s.order] = s.message;
const STYLES = ['noto', 'noto-v1', 'fluent-emoji', 'fluent-emoji-flat', 'twemoji', 'emojione', 'streamline-emojis', 'fxemoji']; // OpenMoji is held out
const sets = Object.fromEntries(STYLES.map((s) => [s, require(`@iconify-json/${s}/icons.json`)]));
const have3d = new Set(fs.readdirSync(path.join(path.dirname(require.resolve('@lobehub/fluent-emoji-3d/package.json')), 'assets')));
const slug = (s) => s.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[’'“”.!,]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
const leftOut = /flags|keypad|alphanumeric|math symbols|punctuation|currencies|skin tones|hair styles|other symbols|gender signs|audio & video|family|people symbols/;
const styles = (e) => {
  const name = slug(e.label), hex = e.hexcode.toLowerCase();
  const drawn = STYLES.filter((style) => { const { icons, aliases } = sets[style]; return icons[name] ?? icons[aliases?.[name]?.parent] ?? (style === 'fxemoji' ? icons[name.replaceAll('-', '')] : undefined); });
  return drawn.length + [hex, hex.replace(/-fe0f/g, ''), `${hex}-fe0f`].some((c) => have3d.has(`${c}.webp`));
};
const concepts = data.filter((e) => {
  if (e.group === undefined) return false;
  const group = messages.groups[e.group].message, subgroup = SUBGROUP[e.subgroup];
  if (leftOut.test(subgroup) || group === 'flags' || group === 'components' || (/200D/.test(e.hexcode) && group === 'people & body')) return false;
  return KEPT.has(subgroup) && !DROPPED.has(e.label) && e.label.split(' ').length <= 3 && styles(e) >= 4;
});
const texts = [...concepts.flatMap((e) => [e.label, ...(e.tags ?? []), ...(GROUP_WORDS[SUBGROUP[e.subgroup]] ?? [])]), ...TEMPLATES, ...COLOURS, 'object something thing one background'];
const words = [...new Set(texts.flatMap((text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []))].sort();
const lines = []; for (const word of words) { if ((lines.at(-1)?.length ?? 99) + word.length > 92) lines.push(word); else lines[lines.length - 1] += ` ${word}`; }
fs.writeFileSync(OUT, `// Made by training/mini/words.mjs: the names and keywords of ${concepts.length} emoji (emojibase-data, MIT), their\n// group words, colors and the templates that the embedded model was trained with.\nconst list = \`\n${lines.join('\n')}\n\`;\n
/** The words, in lower case, that the embedded model may have met in training. It can only guess at others. */
export const trainedWords: ReadonlySet<string> = new Set(list.trim().split(/\\s+/));\n`);
console.log(concepts.length, 'concepts', words.length, 'words');
