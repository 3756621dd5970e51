import { fold } from '../search/words.js';
import type { PlanArea, PlanPoint, SeatingPlan } from './plan.js';
import { boundsOf } from './import/plan-size.js';

/**
 * Words for the focal area of a venue, in the languages of Europe, as whole words of an area's
 * text: stage, court, pitch, field, ring, screen.
 */
const WHOLE_WORDS = new Set(
  [
    // English, French, Spanish, Catalan, Portuguese, Italian, Romanian
    'stage court pitch field ring screen podium arena',
    'scène manège terrain écran plateau escenario escenari cancha campo pista pantalla ruedo',
    'palco tela ecrã relvado palcoscenico scena schermo scenă teren',
    // German, Dutch, Nordic, Finnish, Estonian
    'spielfeld leinwand toneel speelveld scherm veld scen scene duk bane lerret svið leiksvið',
    'näyttämö lava estradi kenttä väljak',
    // Polish, Czech, Slovak, South Slavic, Hungarian, Baltic, Albanian, Turkish
    'boisko ekran estrada jeviště hřiště plátno javisko ihrisko oder pozornica igrišče',
    'színpad pálya vászon küzdőtér skatuve laukums aikštė fusha sahne saha perde',
    // Welsh, Irish, Basque
    'llwyfan stáitse eszena agertoki',
    // Cyrillic, Greek
    'сцена сцэна поле екран экран эстрада арена манеж подиум подіум бина позорница терен',
    'σκηνή γήπεδο οθόνη πίστα',
  ].flatMap((words) => words.split(' ').map(fold)),
);
/** Parts of words, for languages with compounds or without spaces: Hauptbühne, メインステージ, 主舞台. */
const PARTS = [
  'bühne spielfeld leinwand toneel näyttämö színpad',
  '舞台 舞臺 戏台 戲台 银幕 銀幕 屏幕 螢幕 球场 球場 赛场 賽場 擂台 土俵 高座',
  'ステージ ピッチ コート リング スクリーン フィールド',
  '무대 스테이지 경기장 코트 스크린 필드',
].flatMap((words) => words.split(' ').map(fold));
const WORD = /[\p{L}\p{N}]+/gu;
/** Letters separated by spaces, dots or dashes: `S T A G E`, `B-Ü-H-N-E`. At least three. */
const SPACED = /(?<![\p{L}\p{N}])\p{L}(?:[\s.·_-]+\p{L}(?![\p{L}\p{N}])){2,}/gu;
const BLANKS = /[\s.·_-]+/g;
/** A space between characters of East Asian scripts does not separate words. */
const EAST_ASIAN = String.raw`[\p{Script=Han}\p{Script=Hangul}\p{Script=Katakana}ー]`;
const EAST_ASIAN_BLANKS = new RegExp(String.raw`(?<=${EAST_ASIAN})\s+(?=${EAST_ASIAN})`, 'gu');

/** Whether an area with this text is a focal area. */
export function isLookedAt(text: string): boolean {
  const unspaced = text
    .normalize('NFKC')
    .replace(SPACED, (letters) => letters.replace(BLANKS, ''))
    .replace(EAST_ASIAN_BLANKS, '');
  const folded = fold(unspaced);
  return (
    (folded.match(WORD) ?? []).some((word) => WHOLE_WORDS.has(word)) ||
    PARTS.some((part) => folded.includes(part))
  );
}

/**
 * Returns the `focalPoint` of the plan, else the center of the first focal area, else of the whole
 * plan.
 */
export function focalPointOf(plan: SeatingPlan): PlanPoint {
  if (plan.focalPoint) return plan.focalPoint;
  for (const { areas } of plan.zones) {
    const area = areas.find(({ text }) => isLookedAt(text));
    if (area) return centreOf(area);
  }
  const { minX, minY, maxX, maxY } = boundsOf(plan.zones);
  return { x: (minX + maxX) / 2, y: (minY + maxY) / 2 };
}

function centreOf(area: PlanArea): PlanPoint {
  const { x, y } = middleOf(area);
  const angle = (area.rotation / 180) * Math.PI;
  return {
    x: area.x + x * Math.cos(angle) - y * Math.sin(angle),
    y: area.y + x * Math.sin(angle) + y * Math.cos(angle),
  };
}

/** Returns the center relative to the point around which the area is rotated. */
function middleOf({ shape, width, height, points, textAt }: PlanArea): PlanPoint {
  switch (shape) {
    case 'rectangle':
      return { x: width / 2, y: height / 2 };
    case 'ellipse':
      return { x: 0, y: 0 };
    case 'text':
      return textAt;
    case 'polygon': {
      const middle = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2;
      if (points.length === 0) return { x: 0, y: 0 };
      return {
        x: middle(points.map((point) => point.x)),
        y: middle(points.map((point) => point.y)),
      };
    }
  }
}
