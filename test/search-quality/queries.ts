import type { SearchRequest } from '../../src/read-models/search/event-search.js';

/** One of the 104 matches, as the samples tell it. Day and month are those at the stadium. */
export interface Match {
  readonly name: string;
  readonly teams: readonly string[];
  readonly stage: string;
  readonly venue: string;
  readonly city: string;
  readonly country: string;
  /** `07-19` */
  readonly day: string;
}

export interface QualityQuery {
  readonly q?: string;
  readonly filter?: Omit<Partial<SearchRequest>, 'q'>;
  /** Whether the query means this match. */
  readonly means: (match: Match) => boolean;
}

const teams =
  (...names: string[]) =>
  (match: Match) =>
    names.every((name) => match.teams.includes(name));
const stage = (name: string) => (match: Match) => match.stage === name;
const at = (city: string) => (match: Match) => match.city === city;
const venue = (name: string) => (match: Match) => match.venue === name;
const on = (day: string) => (match: Match) => match.day === day;
const all =
  (...conditions: ((match: Match) => boolean)[]) =>
  (match: Match) =>
    conditions.every((condition) => condition(match));

const q = (text: string, means: QualityQuery['means']): QualityQuery => ({ q: text, means });
const near = (lat: number, lon: number, city: string, radiusKm = 100): QualityQuery => ({
  filter: { near: { lat, lon, radiusKm }, sort: 'distance' },
  means: at(city),
});
const local = (
  from: string,
  to: string,
  means: QualityQuery['means'],
  text?: string,
): QualityQuery => ({
  q: text,
  filter: {
    from: { local: Date.parse(`${from}T00:00Z`) },
    to: { local: Date.parse(`${to}T23:59:59.999Z`) },
  },
  means,
});

const TEAMS: readonly QualityQuery[] = [
  q('argentina', teams('Argentina')),
  q('brazil', teams('Brazil')),
  q('usa', teams('USA')),
  q('united states', teams('USA')),
  q('south korea', teams('South Korea')),
  q('korea', teams('South Korea')),
  q('south africa', teams('South Africa')),
  q('new zealand', teams('New Zealand')),
  q('saudi arabia', teams('Saudi Arabia')),
  q('cape verde', teams('Cape Verde')),
  q('czech', teams('Czech Republic')),
  q('czechia', teams('Czech Republic')),
  q('ivory coast', teams('Ivory Coast')),
  q("Côte d'Ivoire", teams('Ivory Coast')),
  q('bosnia', teams('Bosnia & Herzegovina')),
  q('bosnia and herzegovina', teams('Bosnia & Herzegovina')),
  q('dr congo', teams('DR Congo')),
  q('holland', teams('Netherlands')),
  q('deutschland', teams('Germany')),
  q('españa', teams('Spain')),
];

/** Pairs, as people write them. */
const PAIRS: readonly QualityQuery[] = [
  q('mexico south africa', teams('Mexico', 'South Africa')),
  q('france vs morocco', teams('France', 'Morocco')),
  q('spain v belgium', teams('Spain', 'Belgium')),
  q('brazil morocco', teams('Brazil', 'Morocco')),
  q('england versus argentina', teams('England', 'Argentina')),
  q('canada qatar tickets', teams('Canada', 'Qatar')),
  q('portugal-spain', teams('Portugal', 'Spain')),
];

/** Accents and case. */
const ACCENTS: readonly QualityQuery[] = [
  q('curacao', teams('Curaçao')),
  q('CURAÇAO', teams('Curaçao')),
  q('méxico', teams('Mexico')),
  q('túrkiye', teams('Turkey')),
];

const MISSPELLED: readonly QualityQuery[] = [
  q('argentna', teams('Argentina')),
  q('brasil', teams('Brazil')),
  q('brzail', teams('Brazil')),
  q('portugul', teams('Portugal')),
  q('switzerlnd', teams('Switzerland')),
  q('germny', teams('Germany')),
  q('uzbekstan', teams('Uzbekistan')),
  q('netherland', teams('Netherlands')),
  q('phildelphia', at('Philadelphia')),
  q('vancuver', at('Vancouver')),
  q('guadalahara', at('Guadalajara')),
  q('estadio azteka', venue('Estadio Azteca')),
  q('arrowhed stadium', venue('Arrowhead Stadium')),
  q('englnd argentna', teams('England', 'Argentina')),
];

/** Beginnings of words. */
const BEGINNINGS: readonly QualityQuery[] = [
  q('arg', teams('Argentina')),
  q('uzb', teams('Uzbekistan')),
  q('spain arg', teams('Spain', 'Argentina')),
];

/** Cities and municipalities. */
const CITIES: readonly QualityQuery[] = [
  q('toronto', at('Toronto')),
  q('mexico city', at('Mexico City')),
  q('kansas city', at('Kansas City')),
  q('new york', at('New York')),
  q('new jersey', at('New York')),
  q('east rutherford', at('New York')),
  q('santa clara', at('San Francisco')),
  q('san francisco bay area', at('San Francisco')),
  q('inglewood', at('Los Angeles')),
  q('zapopan', at('Guadalajara')),
  q('foxborough', at('Boston')),
  q('miami gardens', at('Miami')),
  q('los angeles usa', all(at('Los Angeles'), teams('USA'))),
];

const STADIUMS: readonly QualityQuery[] = [
  q('azteca', venue('Estadio Azteca')),
  q('metlife', venue('MetLife Stadium')),
  q('bc place', venue('BC Place')),
  q('at&t stadium', venue('AT&T Stadium')),
  q('levis stadium', venue("Levi's Stadium")),
  q("levi's", venue("Levi's Stadium")),
  q('mercedes benz stadium', venue('Mercedes-Benz Stadium')),
  q('bbva', venue('Estadio BBVA')),
];

const STAGES: readonly QualityQuery[] = [
  q('final', stage('Final')),
  q('the final', stage('Final')),
  q('final july', stage('Final')),
  q('semi final', stage('Semi-final')),
  q('semifinal', stage('Semi-final')),
  q('semi-finals', stage('Semi-final')),
  q('semi final atlanta', all(stage('Semi-final'), at('Atlanta'))),
  q('quarterfinal', stage('Quarter-final')),
  q('quarter final kansas city', all(stage('Quarter-final'), at('Kansas City'))),
  q('round of 16', stage('Round of 16')),
  q('round of 32 houston', all(stage('Round of 32'), at('Houston'))),
  q('third place', stage('Match for third place')),
  q('3rd place', stage('Match for third place')),
  q('group a', stage('Group A')),
  q('group l england', all(stage('Group L'), teams('England'))),
  q('matchday 11', on('06-20')),
];

/** Cities and occasions together. */
const COMBINED: readonly QualityQuery[] = [
  q('mexico city opening', teams('Mexico', 'South Africa')),
  q('brazil miami', all(teams('Brazil'), at('Miami'))),
  q('england dallas', all(teams('England'), at('Dallas'))),
  q('mexico azteca', all(teams('Mexico'), venue('Estadio Azteca'))),
  q('football vancouver', at('Vancouver')),
];

/** Near a point. */
const NEAR: readonly QualityQuery[] = [
  near(40.71, -74.0, 'New York'),
  near(47.61, -122.33, 'Seattle', 50),
  near(19.43, -99.13, 'Mexico City', 50),
  near(34.05, -118.24, 'Los Angeles', 50),
  near(42.36, -71.06, 'Boston', 60),
  {
    q: 'semi',
    filter: { near: { lat: 32.78, lon: -96.8, radiusKm: 60 } },
    means: stage('Semi-final'),
  },
];

/** @param year of the samples */
export const qualityQueries = (year: number): readonly QualityQuery[] => [
  ...TEAMS,
  ...PAIRS,
  ...ACCENTS,
  ...MISSPELLED,
  ...BEGINNINGS,
  ...CITIES,
  ...STADIUMS,
  ...STAGES,
  ...COMBINED,
  ...NEAR,
  q(`world cup final ${year}`, stage('Final')),
];

/** Those that name a day, which the samples move from year to year. */
export const datedQueries = (match: {
  readonly final: string;
  readonly opening: string;
}): readonly QualityQuery[] => {
  const [year, month, day] = match.final.split('-').map(Number) as [number, number, number];
  const monthName = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(year, month - 1, 1),
  );
  return [
    local(match.final, match.final, stage('Final')),
    local(match.opening, match.opening, (one) => one.day === match.opening.slice(5)),
    local(match.opening, match.opening, teams('Mexico', 'South Africa'), 'mexico'),
    q(`final ${day} ${monthName}`, stage('Final')),
    q(`${monthName} ${day}`, on(match.final.slice(5))),
    q(`${day}th ${monthName} ${year}`, on(match.final.slice(5))),
    q(match.final, on(match.final.slice(5))),
    q('finale juillet', stage('Final')),
    q('final julio', stage('Final')),
  ];
};
