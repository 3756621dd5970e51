import { isLookedAt } from '../../../src/domain/seating-plan/focal-point.js';

describe('the focal area', () => {
  it.each([
    ...[
      'STAGE',
      'S T A G E',
      's-t-a-g-e',
      'Main stage',
      'Bühne',
      'B Ü H N E',
      'Hauptbühne',
      'Bu\u0308hne',
    ],
    ...[
      'Scène',
      'SCÈNE',
      'Escenario',
      'Palco',
      'Palcoscenico',
      'Podium',
      'Toneel',
      'Scen',
      'Näyttämö',
    ],
    ...[
      'Scena',
      'Jeviště',
      'Javisko',
      'Színpad',
      'Scenă',
      'Сцена',
      'С Ц Е Н А',
      'Σκηνή',
      'Sahne',
      'Skatuve',
    ],
    ...['Pista', 'Leinwand', 'Écran', 'Spielfeld', 'Boisko', 'Campo', 'Court 1', 'Screen', 'Lava'],
    ...[
      '舞台',
      '主舞台',
      '舞 台',
      'ステージ',
      'メインステージ',
      '무대',
      '무 대',
      'スクリーン',
      '銀幕',
      'Ｓｔａｇｅ',
    ],
  ])('%s', (text) => expect(isLookedAt(text)).toBe(true));

  it.each([
    'Backstage',
    'Bar',
    'Entrance',
    'Scenic view',
    'Courtyard',
    'WC',
    'Stagecoach',
    'F O H',
    '',
  ])('is not %s', (text) => expect(isLookedAt(text)).toBe(false));
});
