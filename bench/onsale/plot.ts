import type { Outcome, Sample } from './model.js';

const WIDTH = 900;
const PANEL = 220;
const MARGIN = { left: 90, right: 20, top: 40, gap: 56 };
const COLOURS = { arrived: '#b5543c', served: '#2f6f8f', waiting: '#7a5c99', inside: '#3d7d4e' };

/** How a sale went, over time, as SVG. */
export function plot({ given, samples, simulatedSeconds }: Outcome): string {
  const waiting = (sample: Sample) => sample.arrived - sample.served;
  const panels = [
    panel('People, since the opening', simulatedSeconds, samples, [
      { name: 'arrived', colour: COLOURS.arrived, of: ({ arrived }) => arrived },
      { name: 'called', colour: COLOURS.served, of: ({ served }) => served },
    ]),
    panel('Waiting', simulatedSeconds, samples, [
      { name: 'waiting', colour: COLOURS.waiting, of: waiting },
    ]),
    panel(`Inside (at most ${count(given.maxShoppers)})`, simulatedSeconds, samples, [
      { name: 'inside', colour: COLOURS.inside, of: ({ inside }) => inside },
    ]),
  ];
  const height = MARGIN.top + panels.length * (PANEL + MARGIN.gap);
  const placed = panels.map(
    (body, at) =>
      `<g transform="translate(0 ${MARGIN.top + at * (PANEL + MARGIN.gap)})">${body}</g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
      'font-family="sans-serif" font-size="12">',
    `<title>${count(given.arrivals)} arrivals at a waiting room that lets ` +
      `${count(given.admitPerMinute)} in a minute</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...placed,
    '</svg>\n',
  ].join('\n');
}

interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly of: (sample: Sample) => number;
}

function panel(
  title: string,
  seconds: number,
  samples: readonly Sample[],
  curves: readonly Curve[],
): string {
  const right = WIDTH - MARGIN.right;
  const top = Math.max(1, ...samples.flatMap((sample) => curves.map(({ of }) => of(sample))));
  const x = (at: number) => MARGIN.left + (at / Math.max(1, seconds)) * (right - MARGIN.left);
  const y = (value: number) => PANEL - (value / top) * PANEL;
  const lines = curves.map(({ colour, of }) => {
    const points = samples.map(
      (sample) => `${x(sample.at).toFixed(1)},${y(of(sample)).toFixed(1)}`,
    );
    return (
      `<polyline fill="none" stroke="${colour}" ` +
      `stroke-width="2" points="${points.join(' ')}"/>`
    );
  });
  const levels = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const level = y(share * top).toFixed(1);
    const label =
      `<text x="${MARGIN.left - 8}" y="${Number(level) + 4}" ` +
      `text-anchor="end">${count(share * top)}</text>`;
    return (
      `<line x1="${MARGIN.left}" x2="${right}" y1="${level}" y2="${level}" ` +
      `stroke="#ddd"/>${label}`
    );
  });
  const minutes = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const label = `${Math.round((share * seconds) / 60)} min`;
    return `<text x="${x(share * seconds)}" y="${PANEL + 18}" text-anchor="middle">${label}</text>`;
  });
  const legend = curves.map(
    ({ name, colour }, at) =>
      `<text x="${right - 70 * at}" y="-10" fill="${colour}" text-anchor="end">${name}</text>`,
  );
  const heading = `<text x="${MARGIN.left}" y="-10" font-weight="bold">${title}</text>`;
  return [heading, ...levels, ...minutes, ...legend, ...lines].join('\n');
}

const count = (value: number): string => Math.round(value).toLocaleString('en');
