import type { Evaluation } from './evaluate.js';
import type { ExampleScores } from './example-result.js';
import { evaluationRows } from './report-table.js';

/** An image of an example: a URL (data: URLs keep the report in one file). */
export interface ReportPicture {
  readonly scores: ExampleScores;
  readonly url: string;
}

const escaped = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]!,
  );

const cells = (tag: 'th' | 'td', row: readonly string[]): string =>
  `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;

function figure({ scores, url }: ReportPicture): string {
  const { picture, label, kind, iou } = scores;
  const name = `${picture}: ${label}`;
  return `<figure><img src="${escaped(url)}" alt="${escaped(name)}" loading="lazy">
<figcaption><b>${escaped(label)}</b> ${escaped(kind)}<br>${escaped(picture)}, IoU ${iou.toFixed(3)}</figcaption></figure>`;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 1rem; }
figure { margin: 0; } img { width: 100%; border-radius: 6px; } figcaption { font-size: 13px; }
`;

export interface ReportOptions {
  /** Images by heading, in this order. */
  readonly pictures?: Readonly<Record<string, readonly ReportPicture[]>>;
  /** A sentence above the table. */
  readonly caption?: string;
}

/** Writes an HTML page with the table, and with images under their headings. */
export function evaluationHtml(
  evaluation: Evaluation,
  { pictures = {}, caption = '' }: ReportOptions = {},
): string {
  const { dataset, model, threshold, pictures: count } = evaluation;
  const [titles = [], ...rows] = evaluationRows(evaluation);
  const title = escaped(`${dataset}: ${model.name} (${model.dtype})`);
  const sections = Object.entries(pictures).map(
    ([heading, list]) =>
      `<h2>${escaped(heading)}</h2>\n<div class="pictures">\n${list.map(figure).join('\n')}\n</div>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head>
<body>
<h1>${title}</h1>
<p>${count} pictures, masks above a probability of ${threshold}. ${escaped(caption)}</p>
<div class="scroll"><table>
<thead>${cells('th', titles)}</thead>
<tbody>${rows.map((row) => cells('td', row)).join('\n')}</tbody>
</table></div>
${sections.join('\n')}
</body>
</html>
`;
}
